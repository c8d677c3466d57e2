package io.doppelfleet.proxy.doppel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doppelfleet.fleet.HostPort;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The profile on disk, mode 0600, for the next start. A file that is of no use costs one line of
 * the log and nothing else: the cover is asked anyway. What a later version left is kept as it is.
 *
 * <p>For one thread at a time, which it blocks.
 */
public final class ProfileFile {
  /** Its name in the state directory. */
  public static final String NAME = "profile.json";

  private static final Logger LOG = LoggerFactory.getLogger(ProfileFile.class);

  /** Some times what the fullest profile comes to. */
  private static final int LONGEST = 4 << 20;

  private final Path path;
  private boolean leave;
  private boolean failed;

  /** In a directory that exists. */
  public ProfileFile(Path stateDirectory) {
    this.path = stateDirectory.resolve(NAME);
  }

  /** What was learnt of this site before; {@link Profile#unknown} where that is nothing. */
  public Profile read(HostPort site) {
    try {
      if (Files.size(path) > LONGEST) {
        ignored("it is longer than " + LONGEST + " bytes");
        return Profile.unknown(site);
      }
      Profile profile = ProfileJson.read(Files.readString(path));
      return profile.site().equals(site) ? profile : Profile.unknown(site);
    } catch (NoSuchFileException e) {
      return Profile.unknown(site);
    } catch (MalformedInputException e) {
      ignored("it is no UTF-8");
    } catch (ProfileFormatException e) {
      leave = e.isNewer();
      if (leave) {
        LOG.warn(
            "{} is of a later version and left as it is: {}. The cover is learnt anew at each start;"
                + " move the file away to keep what is learnt",
            path,
            e.getMessage());
      } else {
        ignored(String.valueOf(e.getMessage()));
      }
    } catch (IOException e) {
      ignored("it can't be read (" + e + ")");
    }
    return Profile.unknown(site);
  }

  private void ignored(String why) {
    LOG.warn("{} is ignored, the cover is learnt anew: {}", path, why);
  }

  /**
   * Keeps a profile: whoever reads meets the old one or the new one whole. Where it can't be kept,
   * that is logged once.
   */
  public void write(Profile profile) {
    if (leave) {
      return;
    }
    try {
      Path temporary =
          Files.createTempFile(
              path.toAbsolutePath().getParent(),
              NAME,
              ".tmp",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
          ByteBuffer bytes = ByteBuffer.wrap(ProfileJson.write(profile).getBytes(UTF_8));
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
          channel.force(true);
        }
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        failed = false;
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      if (!failed) {
        LOG.warn("what was learnt of the cover can't be kept in {}: {}", path, e.toString());
      }
      failed = true;
    }
  }
}
