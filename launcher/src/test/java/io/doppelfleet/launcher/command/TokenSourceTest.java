package io.doppelfleet.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a command's token comes from. */
final class TokenSourceTest {
  @TempDir Path directory;

  private Path file(String permissions) throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "api1.x\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw-r-----", "rw--w----", "rw-----w-"})
  void aFileThatIsOpenToOthersIsRefusedAsItsContextsAre(String permissions) throws Exception {
    Path open = file(permissions);
    assertThatThrownBy(() -> TokenSource.read(open))
        .hasMessage("--token-file " + open + " is open to other users: chmod 600 " + open);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "r--------"})
  void oneOfItsOwnerAloneIsRead(String permissions) throws Exception {
    assertThat(TokenSource.read(file(permissions))).isEqualTo("api1.x");
  }

  @Test
  void oneThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> TokenSource.read(directory.resolve("none")))
        .hasMessageStartingWith("--token-file " + directory.resolve("none") + " can't be read: ");
  }
}
