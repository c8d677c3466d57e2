package io.doppelfleet.launcher.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateTest {
  private static final String KEY = "000102030405060708090a0b0c0d0e0f";

  @TempDir Path directory;

  @Test
  void systemdsDirectoryComesBeforeXdgsAndThatBeforeHome() {
    Path home = Path.of("/home/a");
    assertThat(
            StateDirectory.byDefault(
                Map.of("STATE_DIRECTORY", "/s:/t", "XDG_STATE_HOME", "/x"), home))
        .isEqualTo(Path.of("/s"));
    assertThat(
            StateDirectory.byDefault(Map.of("STATE_DIRECTORY", "", "XDG_STATE_HOME", "/x"), home))
        .isEqualTo(Path.of("/x/doppelfleet"));
    assertThat(StateDirectory.byDefault(Map.of(), home))
        .isEqualTo(Path.of("/home/a/.local/state/doppelfleet"));
  }

  @Test
  void onlyTheOwnerEntersTheDirectoryAlsoWhenItWasOpenBefore() throws Exception {
    Path fresh = directory.resolve("a/b");
    Path loose = Files.createDirectory(directory.resolve("loose"));
    Files.setPosixFilePermissions(loose, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (StateDirectory one = StateDirectory.open(fresh);
        StateDirectory other = StateDirectory.open(loose)) {
      assertThat(modeOf(one.path())).isEqualTo("rwx------");
      assertThat(modeOf(other.path())).isEqualTo("rwx------");
    }
  }

  @Test
  void oneNodeHasItAtATime() throws Exception {
    try (StateDirectory first = StateDirectory.open(directory)) {
      assertThat(first.path()).isEqualTo(directory);
      assertThatExceptionOfType(StateException.class)
          .isThrownBy(() -> StateDirectory.open(directory))
          .withMessageStartingWith("another node runs with the state directory " + directory);
    }
    StateDirectory.open(directory).close();
  }

  @Test
  void aFileWhereTheDirectoryBelongsIsAnErrorThatSaysWhatToSet() throws Exception {
    Path file = Files.createFile(directory.resolve("f"));
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(() -> StateDirectory.open(file))
        .withMessageContaining("set \"state\" to a directory");
  }

  @Test
  void theKeyIsMadeOnceAndIsForTheOwnerAlone() throws Exception {
    try (StateDirectory state = StateDirectory.open(directory)) {
      byte[] made = OwnKey.of(state, new SecureRandom());
      assertThat(made).hasSize(Secret.KEY_LENGTH);
      assertThat(OwnKey.of(state, new Random(1))).isEqualTo(made);
      assertThat(modeOf(directory.resolve("secret"))).isEqualTo("rw-------");
      assertThat(Files.readAllLines(directory.resolve("secret")))
          .hasSize(2)
          .startsWith("doppelfleet-key 1");
    }
  }

  @Test
  void nothingButTheFileItselfIsLeftAfterWriting() throws Exception {
    try (StateDirectory state = StateDirectory.open(directory)) {
      StateDirectory.write(state.path().resolve("a"), "1");
      StateDirectory.write(state.path().resolve("a"), "2");
      assertThat(Files.readString(directory.resolve("a"))).isEqualTo("2");
      try (Stream<Path> files = Files.list(directory)) {
        assertThat(files)
            .extracting(file -> file.getFileName().toString())
            .containsExactlyInAnyOrder("a", "lock");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "doppelfleet-key 2\n" + KEY + "\n",
        "doppelfleet-key 1\n",
        "doppelfleet-key 1\n" + KEY + "0\n",
        "doppelfleet-key 1\n" + KEY + "\nmore\n",
        "doppelfleet-key 1\n00010203x405060708090a0b0c0d0e0f\n",
      })
  void aSpoiltKeyIsAnErrorThatShowsNothingAndLeavesTheFile(String text) throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), text);
    try (StateDirectory state = StateDirectory.open(directory)) {
      assertThatExceptionOfType(StateException.class)
          .isThrownBy(() -> OwnKey.of(state, new SecureRandom()))
          .withMessageContaining(file.toString())
          .withMessageContaining("put it back from a copy, or move it away")
          .withMessageNotContaining("0001020");
    }
    assertThat(Files.readString(file)).isEqualTo(text);
  }

  @Test
  void bytesThatAreNoTextAreASpoiltKeyToo() throws Exception {
    Path file = Files.write(directory.resolve("secret"), new byte[] {(byte) 0xff, 0, (byte) 0xfe});
    try (StateDirectory state = StateDirectory.open(directory)) {
      assertThatExceptionOfType(StateException.class)
          .isThrownBy(() -> OwnKey.of(state, new SecureRandom()))
          .withMessageContaining(file.toString());
    }
  }

  @Test
  void accessIsReadAsItWasWrittenAndIsForTheOwnerAlone() throws Exception {
    List<Access> all =
        Access.of(
            new HostPort("2001:db8::1", 8443),
            List.of(
                new NamedSecret("alice", Secret.of(new byte[16], "a.bc")),
                new NamedSecret("bob", Secret.of(new byte[16], "b.bc"))));
    try (StateDirectory state = StateDirectory.open(directory)) {
      Access.write(Access.fileIn(state.path()), all);
    }
    assertThat(Access.read(directory)).isEqualTo(all);
    assertThat(modeOf(Access.fileIn(directory))).isEqualTo("rw-------");
  }

  @Test
  void accessBeforeAnyNodeRanSaysSo() {
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(() -> Access.read(directory))
        .withMessage(
            "no node has run with the state directory "
                + directory
                + ": start one with ./doppelfleet");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "other\n",
        "# doppelfleet access 1\nalice tg://proxy?server=a&port=x&secret=y\n"
      })
  void spoiltAccessIsAnError(String text) throws Exception {
    Files.writeString(Access.fileIn(directory), text);
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(() -> Access.read(directory))
        .withMessageEndingWith("start the node anew");
  }

  private static String modeOf(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
