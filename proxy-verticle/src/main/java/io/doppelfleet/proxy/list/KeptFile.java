package io.doppelfleet.proxy.list;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/**
 * The last good list on disk: four lines of our own, which are comments to whoever reads lists, and
 * then the list as it came. The file's time is when the list was last known to be what its place
 * has.
 */
final class KeptFile {
  /** With the number of its format. */
  private static final String FIRST_LINE = "# doppelfleet list 1";

  private static final String FROM = "# from ";
  private static final String TAG = "# tag ";
  private static final String MODIFIED = "# modified ";
  private static final int LONGEST_LINE = 512;

  private final Path directory;
  private final Path path;
  private final String from;

  /**
   * In a directory that exists.
   *
   * @param name the file's
   * @param from stands for the list's place: a list of another place is none
   */
  KeptFile(Path directory, String name, String from) {
    this.directory = directory;
    this.path = directory.resolve(name);
    this.from = from;
  }

  /**
   * What it has.
   *
   * @param stamp of the list
   * @param at when it was last known to be so
   * @param reading the list
   */
  record Kept(Stamp stamp, Instant at, ListReader.Reading reading) {}

  /**
   * Reads it; empty where there is none of this place and format.
   *
   * @throws IOException where it can't be read, or is no list
   */
  Optional<Kept> read() throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      if (!line(in).equals(FIRST_LINE) || !line(in).equals(FROM + from)) {
        return Optional.empty();
      }
      Stamp stamp = new Stamp(after(TAG, line(in)), after(MODIFIED, line(in)));
      Instant at = Files.getLastModifiedTime(path).toInstant();
      return Optional.of(new Kept(stamp, at, ListReader.read(in)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (line.length() == LONGEST_LINE) {
        throw new BadListException("its head is too long");
      }
      line.append((char) next);
    }
    return line.toString();
  }

  private static String after(String head, String line) throws BadListException {
    if (!line.startsWith(head)) {
      throw new BadListException("its head is none of ours");
    }
    return line.substring(head.length());
  }

  /** Keeps another list, which is in a file; whoever reads meets the old one or this one whole. */
  void keep(Path list, Stamp stamp) throws IOException {
    Path temporary = ListFiles.temporary(directory);
    try {
      try (FileChannel to = FileChannel.open(temporary, StandardOpenOption.WRITE);
          FileChannel in = FileChannel.open(list)) {
        String head =
            String.join(
                "\n", FIRST_LINE, FROM + from, TAG + stamp.tag(), MODIFIED + stamp.modified(), "");
        ByteBuffer bytes = ByteBuffer.wrap(head.getBytes(UTF_8));
        while (bytes.hasRemaining()) {
          to.write(bytes);
        }
        for (long at = 0; at < in.size(); ) {
          at += in.transferTo(at, in.size() - at, to);
        }
        to.force(true);
      }
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** What it has is what its place has, at this time. Says whether there is anything still. */
  boolean confirm(Instant at) throws IOException {
    try {
      Files.setLastModifiedTime(path, FileTime.from(at));
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
