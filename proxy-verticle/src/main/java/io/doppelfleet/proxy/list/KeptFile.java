package io.doppelfleet.proxy.list;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.doppelfleet.fleet.address.PrefixSet;
import java.io.BufferedInputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.channels.Channels;
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
 * then its prefixes. The file's time is when the list was last known to be what its place has.
 */
final class KeptFile implements Source.Content {
  /** With the number of its format. */
  static final String FIRST_LINE = "# doppelfleet list 1";

  private static final String FROM = "# from ";
  private static final String TAG = "# tag ";
  private static final String MODIFIED = "# modified ";
  private static final int LONGEST_LINE = 512;

  private final Path directory;
  private final Path path;
  private final String from;

  /**
   * In a directory, which is made where it is missing.
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
   * Of a kept list, what isn't in the list.
   *
   * @param stamp of the list
   * @param at when it was last known to be so
   */
  record Head(Stamp stamp, Instant at) {}

  /**
   * Reads the head; empty where there is no list of this place and format.
   *
   * @throws IOException where it can't be read
   */
  Optional<Head> head() throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      if (!line(in).equals(FIRST_LINE) || !line(in).equals(FROM + from)) {
        return Optional.empty();
      }
      Stamp stamp = new Stamp(after(TAG, line(in)), after(MODIFIED, line(in)));
      return Optional.of(new Head(stamp, Files.getLastModifiedTime(path).toInstant()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The list, with the head before it, which is no part of it to who reads lists. */
  @Override
  public InputStream open() throws IOException {
    return Files.newInputStream(path);
  }

  @Override
  public void close() {
    // It stays.
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

  /** Keeps a list; whoever reads meets the old one or this one whole. */
  void keep(PrefixSet list, Head head) throws IOException {
    ListFiles.make(directory);
    Path temporary = ListFiles.temporary(directory);
    try {
      try (FileChannel to = FileChannel.open(temporary, StandardOpenOption.WRITE);
          Writer text = new BufferedWriter(Channels.newWriter(to, US_ASCII))) {
        String lines =
            String.join(
                "\n",
                FIRST_LINE,
                FROM + from,
                TAG + head.stamp().tag(),
                MODIFIED + head.stamp().modified(),
                "");
        text.write(lines);
        StringBuilder line = new StringBuilder();
        list.forEach(
            (high, low, length) -> {
              line.setLength(0);
              text.append(PrefixText.append(line, high, low, length)).append('\n');
            });
        text.flush();
        to.force(true);
      }
      Files.setLastModifiedTime(temporary, FileTime.from(head.at()));
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

  /** Whether a file is one of these, of any format. */
  static boolean isOne(Path file) throws IOException {
    String any = FIRST_LINE.substring(0, FIRST_LINE.lastIndexOf(' ') + 1);
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(any.length()), ISO_8859_1).equals(any);
    }
  }
}
