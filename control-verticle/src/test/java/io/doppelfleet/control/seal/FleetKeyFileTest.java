package io.doppelfleet.control.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.fleet.seal.SealException;
import io.doppelfleet.fleet.seal.SealKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FleetKeyFileTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SealKey KEY = new SealKey(new byte[SealKey.LENGTH]);

  @Test
  void anyNumberOfControlsThatMakeAFileAtOnceHaveOneKey(@TempDir Path directory) throws Exception {
    FleetKeyFile file = new FleetKeyFile(directory.resolve("fleet.key"), RANDOM);
    file.create();
    String id = file.read().getFirst().id();
    file.create();
    assertThat(file.read()).extracting(SealKey::id).containsExactly(id);
    assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file.path()));
  }

  @Test
  void aChangeDropsNoKeyWhereTheFileHasNotTheOneToKeep(@TempDir Path directory) throws Exception {
    FleetKeyFile file = new FleetKeyFile(directory.resolve("fleet.key"), RANDOM);
    file.create();
    Seals seals = new Seals(file, RANDOM);
    byte[] sealed = seals.seal(seals.newest(), new byte[9], "a");
    try (Seals.Change change = seals.change()) {
      byte[] anew = seals.seal(change.add(sealed), new byte[9], "a");
      file.write(List.of(KEY)); // by another hand
      assertThatExceptionOfType(SealException.class).isThrownBy(() -> change.keepOnly(anew));
      assertThatExceptionOfType(SealException.class).isThrownBy(() -> change.add(anew));
    }
    assertThat(file.read()).extracting(SealKey::id).containsExactly(KEY.id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "doppelfleet-fleet-key 2\n",
        "doppelfleet-fleet-key 1\n",
        "doppelfleet-fleet-key 1\n00\n",
        "doppelfleet-fleet-key 1\n\n",
      })
  void aSpoiltFileIsAClearErrorAndStaysAsItIs(String text, @TempDir Path directory)
      throws Exception {
    FleetKeyFile file = fileOf(directory, text, "rw-------");
    assertThatExceptionOfType(SealException.class)
        .isThrownBy(file::read)
        .withMessageContaining(file.path().toString())
        .withMessageEndingWith("put the key file back from a copy");
    assertThat(file.path()).hasContent(text);
  }

  @Test
  void aFileThatOthersMayReadIsNotUsed(@TempDir Path directory) throws Exception {
    FleetKeyFile file =
        fileOf(directory, "doppelfleet-fleet-key 1\n" + "0".repeat(64), "rw-r-----");
    assertThatExceptionOfType(SealException.class)
        .isThrownBy(file::read)
        .withMessageEndingWith("is open to other users (rw-r-----): chmod 600 it");
    Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("r--------"));
    assertThat(file.read()).extracting(SealKey::id).isEqualTo(List.of(KEY.id()));
  }

  private static FleetKeyFile fileOf(Path directory, String text, String mode) throws Exception {
    Path path = Files.writeString(directory.resolve("fleet.key"), text);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    return new FleetKeyFile(path, RANDOM);
  }
}
