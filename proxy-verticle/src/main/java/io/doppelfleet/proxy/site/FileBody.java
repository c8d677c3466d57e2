package io.doppelfleet.proxy.site;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file, or a part of one, on its way out. */
final class FileBody implements Closeable {
  /** What one TLS record holds. */
  private static final int CHUNK = 16 * 1024;

  private final FileChannel file;
  private final long end;
  private long at;

  /**
   * Opens a file.
   *
   * @param from the first byte
   * @param length bytes, within the file
   */
  FileBody(Path path, long from, long length) throws IOException {
    this.file = FileChannel.open(path, StandardOpenOption.READ);
    this.at = from;
    this.end = from + length;
  }

  /**
   * The next piece; the receiver owns it.
   *
   * @throws EOFException where the file was cut meanwhile
   */
  ByteBuf next(ByteBufAllocator allocator) throws IOException {
    int length = (int) Math.min(CHUNK, end - at);
    ByteBuf chunk = allocator.directBuffer(length);
    try {
      while (chunk.readableBytes() < length) {
        int read = chunk.writeBytes(file, at, length - chunk.readableBytes());
        if (read <= 0) {
          throw new EOFException("the file has become shorter");
        }
        at += read;
      }
    } catch (IOException e) {
      chunk.release();
      throw e;
    }
    return chunk;
  }

  /** Whether no byte is left. */
  boolean isDone() {
    return at == end;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
