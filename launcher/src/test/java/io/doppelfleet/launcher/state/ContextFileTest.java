package io.doppelfleet.launcher.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.launcher.state.ContextFile.Contexts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ContextFileTest {
  private static final Context FAR =
      new Context("far", "https://control.example.org:8081", "api1.x", "PEM", null);
  private static final Context NEAR =
      new Context("near", "http://127.0.0.1:8081", "api1.y", null, "ab".repeat(32));

  @TempDir Path directory;

  private ContextFile file() {
    return ContextFile.byDefault(Map.of("XDG_CONFIG_HOME", directory.toString()), Path.of("/home"));
  }

  @Test
  void whatIsKeptIsReadAgainAndOthersMayNotReadIt() throws Exception {
    assertThat(file().read()).isEqualTo(new Contexts(null, Map.of()));
    Contexts two = file().read().with(FAR).with(NEAR);
    file().write(two);
    assertThat(file().read()).isEqualTo(two);
    assertThat(two.current()).isEqualTo("near");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().path())))
        .isEqualTo("rw-------");
    file().write(two.using("far").without("near"));
    assertThat(file().read()).isEqualTo(new Contexts("far", Map.of("far", FAR)));
    file().write(two.without("near"));
    assertThat(file().read().current()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw--w----"})
  void aFileThatOthersMayReadOrWriteIsRefusedWithWhatMendsIt(String mode) throws Exception {
    file().write(new Contexts(null, Map.of()).with(FAR));
    Files.setPosixFilePermissions(file().path(), PosixFilePermissions.fromString(mode));
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(() -> file().read())
        .withMessageEndingWith("is open to other users: chmod 600 " + file().path());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{}", "{\"format\": 1}", "{\"format\": 1, \"contexts\": {\"x\": {}}}"})
  void aSpoiltFileIsSaidWithoutItsWords(String text) throws Exception {
    file().write(new Contexts(null, Map.of()).with(FAR));
    Files.writeString(file().path(), text);
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(() -> file().read())
        .withMessageContaining("is spoilt");
    Files.writeString(file().path(), "{\"format\": 2}");
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(() -> file().read())
        .withMessageContaining("has format 2, and this version knows 1 alone");
  }

  @Test
  void namesAreBoundedAndTokensAreNotShown() {
    assertThat(ContextFile.isName("far-1.example")).isTrue();
    assertThat(ContextFile.isName("-far")).isFalse();
    assertThat(ContextFile.isName("x".repeat(65))).isFalse();
    assertThat(FAR.toString()).doesNotContain("api1");
  }
}
