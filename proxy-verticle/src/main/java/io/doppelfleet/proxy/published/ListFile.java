package io.doppelfleet.proxy.published;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last list on disk, for the next start. For one thread at a time, which it blocks. */
final class ListFile {
  private static final Logger LOG = LoggerFactory.getLogger(ListFile.class);
  private static final String NAME = "datacenters";
  private static final int LONGEST = 1 << 20;

  private final Path path;

  ListFile(Path stateDirectory) {
    this.path = stateDirectory.resolve(NAME);
  }

  /** What was kept; what is of no use costs a line of the log and nothing else. */
  Optional<PublishedList> read() {
    try {
      if (Files.size(path) > LONGEST) {
        throw new IOException("it is longer than " + LONGEST + " bytes");
      }
      return Optional.of(PublishedList.parse(Files.readString(path)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("{} is ignored: {}", path, e.getMessage());
      return Optional.empty();
    }
  }

  /** Keeps one: whoever reads meets the old one or the new one whole. */
  void write(PublishedList list) {
    try {
      Path temporary = Files.createTempFile(path.toAbsolutePath().getParent(), NAME, ".tmp");
      try {
        Files.writeString(temporary, list.written());
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      LOG.warn("the list of data centres can't be kept in {}: {}", path, e.toString());
    }
  }
}
