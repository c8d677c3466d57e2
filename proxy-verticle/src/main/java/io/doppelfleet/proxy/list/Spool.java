package io.doppelfleet.proxy.list;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * What a server sends, until it is read: on disk, and as far as that takes no more, in memory. May
 * be written on one thread and closed on another.
 */
final class Spool implements Source.Content {
  /** In memory: 16 lists at once shall not be much of a node's heap. Few are longer. */
  static final int MOST_IN_MEMORY = 2 << 20;

  private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
  private @Nullable Path path;
  private @Nullable FileChannel file;
  private long onDisk;
  private boolean tooLong;
  private boolean closed;

  /** In a directory, which may be of no use. */
  Spool(Path directory) {
    try {
      path = ListFiles.temporary(directory);
      file = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.READ);
    } catch (IOException e) {
      // It goes to memory.
    }
  }

  /** Takes what follows. */
  synchronized void take(byte[] bytes) {
    if (closed) {
      return;
    }
    ByteBuffer left = ByteBuffer.wrap(bytes);
    if (rest.size() == 0) {
      write(left);
    }
    if (left.remaining() > MOST_IN_MEMORY - rest.size()) {
      tooLong = true;
    } else {
      rest.write(bytes, left.position(), left.remaining());
    }
  }

  private void write(ByteBuffer bytes) {
    FileChannel to = file;
    try {
      while (to != null && bytes.hasRemaining()) {
        onDisk += to.write(bytes, onDisk);
      }
    } catch (IOException e) {
      // What is left goes to memory.
    }
  }

  /**
   * All that it was given.
   *
   * @throws IOException where that was more than there was room for
   */
  @Override
  public synchronized InputStream open() throws IOException {
    if (tooLong) {
      throw new IOException(
          "the state directory takes no more of it, and it is too long for memory (2 MiB)");
    }
    InputStream inMemory = new ByteArrayInputStream(rest.toByteArray());
    FileChannel from = file;
    if (from == null || onDisk == 0) {
      return inMemory;
    }
    from.position(0);
    return new SequenceInputStream(new Written(from, onDisk), inMemory);
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      if (file != null) {
        file.close();
      }
      if (path != null) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // The next start deletes it.
    }
  }

  /** So many bytes of a file, which stays open. */
  private static final class Written extends InputStream {
    private final InputStream in;
    private long left;

    Written(FileChannel from, long length) {
      this.in = Channels.newInputStream(from);
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int count = in.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(0, count);
      return count;
    }
  }
}
