package io.doppelfleet.launcher.state;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.StateJson;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.fleet.seal.SealKey;
import io.doppelfleet.proxy.link.NodeIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node of a fleet keeps: spoilt in whatever way, each file says so and stays as it is. */
final class KeptFilesTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] SEAL = bytes(32);
  private static final String KEY = "5a".repeat(16);
  private static final FleetState STATE =
      new FleetState(
          7,
          List.of(new NamedSecret("alice", Secret.of(HexFormat.of().parseHex(KEY), "a.example"))));
  private static final NodeIdentity IDENTITY =
      new NodeIdentity(
          "paris",
          "node-3",
          new HostPort("control.example.org", 8443),
          Octets.of(bytes(50)),
          Octets.of(bytes(300)),
          Octets.of(bytes(301)),
          Octets.of(bytes(44)),
          Octets.of(SEAL));
  private static final List<TrafficReport> REPORTS =
      List.of(
          new TrafficReport(
              new Stamp("node-3", 4, 9),
              List.of(new TrafficReport.Count("alice", 2, 100, 200, 3, 0))),
          new TrafficReport(
              new Stamp("node-3", 0, 1), List.of(new TrafficReport.Count("bob", 1, 1, 2, 1, 0))));

  @TempDir private Path directory;

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) 0x5a);
    return bytes;
  }

  private LastState lastState(byte[] key) {
    return new LastState(directory, key, RANDOM);
  }

  @Test
  void whatWasKeptIsReadAgainAndIsForTheOwnerAlone() throws Exception {
    assertThat(lastState(SEAL).read()).isNull();
    assertThat(new UntoldFile(directory).read()).isEmpty();
    new IdentityFile(directory).write(IDENTITY);
    lastState(SEAL).write(STATE);
    new UntoldFile(directory).write(REPORTS);
    assertThat(new IdentityFile(directory).read()).isEqualTo(IDENTITY);
    assertThat(Objects.requireNonNull(lastState(SEAL).read()).state()).isEqualTo(STATE);
    assertThat(new UntoldFile(directory).read()).isEqualTo(REPORTS);
    for (String file : List.of("node", "last-state", "untold")) {
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(file))))
          .as(file)
          .isEqualTo("rw-------");
    }
    new UntoldFile(directory).write(List.of());
    assertThat(directory.resolve("untold")).doesNotExist();
  }

  @Test
  void aLastStateThatIsCutOrChangedAnywhereOrOfAnotherNodeIsSaid() throws Exception {
    lastState(SEAL).write(STATE);
    Path file = directory.resolve("last-state");
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 1;
      spoilt(file, changed);
      spoilt(file, Arrays.copyOf(whole, i));
    }
    byte[] another = bytes(32);
    another[0] = 1;
    Files.write(file, whole);
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(() -> lastState(another).read())
        .withMessage(file + " is of another node");
  }

  private void spoilt(Path file, byte[] content) throws IOException {
    Files.write(file, content);
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(() -> lastState(SEAL).read())
        .withMessageStartingWith(file.toString())
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(KEY));
    assertThat(Files.readAllBytes(file)).isEqualTo(content);
  }

  @Test
  void aLastStateOfANewerVersionIsSaidWhicheverPartIsNewer() throws Exception {
    Path file = directory.resolve("last-state");
    String newer =
        new String(StateJson.write(STATE), US_ASCII).replace("\"format\":1", "\"format\":2");
    Files.write(file, new SealKey(SEAL).seal(newer.getBytes(US_ASCII), "last state", RANDOM));
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(() -> lastState(SEAL).read())
        .withMessage(file + " can't be used: format is 2, of a newer version: this one reads 1");
    lastState(SEAL).write(STATE);
    byte[] sealed = Files.readAllBytes(file);
    sealed[0] = 2;
    Files.write(file, sealed);
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(() -> lastState(SEAL).read())
        .withMessage(file + " can't be used: a sealed value is of format 2: this version reads 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "doppelfleet-node 1|doppelfleet-node 2|is of a newer version (doppelfleet-node 2): run that version here",
        "doppelfleet-node 1|doppelfleet|doesn't begin with",
        "name paris|nam paris|has no line \"name\"",
        "control control.example.org:8443|control here|has no HOST:PORT after \"control\"",
        "key 5a5a|key 5a5x|has no hex after \"key\"",
        "seal 5a5a|seal 5a|has a line more, or one of another length",
        "states 5a|more 1\\nstates 5a|has a line more, or one of another length",
      })
  void aSpoiltIdentityIsSaid(String right, String wrong, String error) throws Exception {
    IdentityFile file = new IdentityFile(directory);
    file.write(IDENTITY);
    Path path = directory.resolve("node");
    String text = Files.readString(path);
    assertThat(text).contains(right);
    String spoilt = text.replace(right, wrong.replace("\\n", "\n"));
    Files.writeString(path, spoilt);
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(file::read)
        .withMessageStartingWith(path.toString())
        .withMessageContaining(error)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("5a5a"));
    assertThat(Files.readString(path)).isEqualTo(spoilt);
  }

  @Test
  void anIdentityThatIsCutAnywhereIsSaid() throws Exception {
    IdentityFile file = new IdentityFile(directory);
    file.write(IDENTITY);
    Path path = directory.resolve("node");
    String text = Files.readString(path);
    for (int length = 0; length < text.length() - 1; length++) {
      Files.writeString(path, text.substring(0, length));
      assertThatExceptionOfType(StateException.class).as("%d", length).isThrownBy(file::read);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"format\":2,\"message\":\"traffic\"}",
        "{\"format\":1,\"message\":\"epoch-request\",\"sender\":\"a\",\"epoch\":1,\"sequence\":1}",
        "{\"format\":1,\"message\":\"traffic\",\"sender\":\"a\",\"epoch\":1,\"sequence\":1,\"counts\":[",
      })
  void whatIsNotToldAndSpoiltIsSaid(String line) throws Exception {
    Path path = directory.resolve("untold");
    Files.writeString(path, line + "\n");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(new UntoldFile(directory)::read)
        .withMessageStartingWith(path.toString());
    assertThat(Files.readString(path)).isEqualTo(line + "\n");
  }
}
