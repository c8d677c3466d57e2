package io.doppelfleet.proxy.list;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * A file, looked at every two seconds, and read where it is once it has stayed the same from look
 * to look. Where its last line has no end somebody may have paused in the middle of it: such a file
 * has to stay the same for longer.
 */
final class FileSource implements Source {
  /** For a file that doesn't end with a line's end. */
  static final Duration REST = Duration.ofSeconds(10);

  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Look SAME = new Look.Same();
  private static final Look LATER = new Look.Later();

  private final Path path;
  private final Clock clock;

  private boolean hasLooked;

  /** How it was at the last look; empty: it wasn't there. */
  private String seen = "";

  /** Since when it is so. */
  private Instant since = Instant.EPOCH;

  FileSource(Path path, Clock clock) {
    this.path = path;
    this.clock = clock;
  }

  @Override
  public Look look(Stamp known, Stamp refused) throws IOException {
    boolean isFirst = !hasLooked;
    hasLooked = true;
    BasicFileAttributes attributes = attributes(path);
    String now = text(attributes);
    boolean isOther = !seen.equals(now);
    if (isOther) {
      seen = now;
      since = isFirst ? attributes.lastModifiedTime().toInstant() : clock.instant();
    }
    if (now.equals(known.tag())) {
      return SAME;
    }
    boolean mayBeWritten = isOther && !isFirst;
    boolean isOnlyOne = isFirst && known.equals(Stamp.NONE); // a start without a list is worse
    if (now.equals(refused.tag()) || mayBeWritten || (!isOnlyOne && mayBeCut())) {
      return LATER;
    }
    return new Look.Another(new Stamp(now, ""), new OnDisk(path, now));
  }

  /** A time to come is that of another clock, and says nothing. */
  private boolean mayBeCut() throws IOException {
    Duration rest = Duration.between(since, clock.instant());
    return !rest.isNegative() && rest.compareTo(REST) < 0 && !endsWithALine();
  }

  private boolean endsWithALine() throws IOException {
    try (FileChannel file = FileChannel.open(path)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      return file.size() == 0 || file.read(last, file.size() - 1) != 1 || last.get(0) == '\n';
    }
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw new IOException(path + " is not there", e);
    } catch (IOException e) {
      throw new IOException(path + " can't be looked at (" + e.getMessage() + ")", e);
    }
    if (!attributes.isRegularFile()) {
      throw new IOException(path + " is no file");
    }
    if (attributes.size() > LONGEST) {
      throw new IOException(path + " is longer than 64 MiB");
    }
    return attributes;
  }

  private static String text(BasicFileAttributes attributes) {
    return attributes.size()
        + " "
        + attributes.lastModifiedTime().toInstant()
        + " "
        + attributes.fileKey();
  }

  @Override
  public Duration pause(int failures) {
    return failures == 0 ? EVERY : Source.doubled(EVERY, LONGEST_PAUSE, failures);
  }

  /** The file, as it looked when it was to be read. */
  private record OnDisk(Path path, String look) implements Content {
    @Override
    public InputStream open() throws IOException {
      try {
        return Files.newInputStream(path);
      } catch (IOException e) {
        throw new IOException(path + " can't be read (" + e.getClass().getSimpleName() + ")", e);
      }
    }

    @Override
    public boolean isStillSo() throws IOException {
      return text(attributes(path)).equals(look);
    }

    @Override
    public void close() {
      // It is the operator's.
    }
  }
}
