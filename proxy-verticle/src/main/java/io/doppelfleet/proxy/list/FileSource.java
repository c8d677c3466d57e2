package io.doppelfleet.proxy.list;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A file, looked at every two seconds, and read once it has stayed the same from look to look. */
final class FileSource implements Source {
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final Path path;

  /** Of the last look; empty: there was none yet. */
  private String seen = "";

  FileSource(Path path) {
    this.path = path;
  }

  @Override
  public @Nullable Stamp fetch(Stamp known, Path into) throws IOException {
    String now = look();
    boolean underWay = !seen.isEmpty() && !seen.equals(now); // somebody may still write it
    seen = now;
    if (underWay || now.equals(known.tag())) {
      return null;
    }
    try {
      Files.copy(path, into, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new IOException(path + " can't be read (" + e.getClass().getSimpleName() + ")", e);
    }
    return new Stamp(now, "");
  }

  private String look() throws IOException {
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
}
