package io.doppelfleet.launcher.forms;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.doppelfleet.control.peer.Letter;
import io.doppelfleet.control.peer.LetterJson;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.LinkJson;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.StateJson;
import io.doppelfleet.fleet.seal.SealKey;
import io.doppelfleet.launcher.state.ContextFile;
import io.doppelfleet.launcher.state.IdentityFile;
import io.doppelfleet.launcher.state.LastState;
import io.doppelfleet.launcher.state.UntoldFile;
import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.ProfileJson;
import io.doppelfleet.proxy.greeting.ReplayWindow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What versions have left on disks, and what they say, is read as what it was. What this version
 * writes is what it wrote before, to the letter where that is so each time: a form that is changed
 * without another number fails here. {@link WriteForms} has made what is read.
 */
@Timeout(60)
final class FormsTest {
  private static final Path FORMS = Path.of("src/test/resources/forms");

  @TempDir private Path directory;

  /** A copy, for what opens a file may change it, and some is refused that others may read. */
  private Path set;

  @BeforeEach
  void copy() throws Exception {
    set = directory.resolve("1");
    try (Stream<Path> all = Files.walk(FORMS.resolve("1"))) {
      for (Path each : all.toList()) {
        Path copy = directory.resolve(FORMS.relativize(each).toString());
        Files.copy(each, copy);
        if (Files.isRegularFile(copy)) {
          Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        }
      }
    }
  }

  private String written(String file) throws IOException {
    return Files.readString(FORMS.resolve("1").resolve(file));
  }

  @Test
  void aState() throws Exception {
    byte[] text = Files.readAllBytes(set.resolve("state"));
    assertThat(StateJson.read(text)).isEqualTo(Words1.STATE);
    assertThat(StateJson.write(Words1.STATE)).isEqualTo(text);
  }

  @Test
  void eachMessageBetweenControlsAndNodes() throws Exception {
    List<String> lines = written("messages").lines().toList();
    List<FleetMessage> messages = Words1.messages();
    assertThat(lines).hasSameSizeAs(messages);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(MessageJson.read(lines.get(i).getBytes(UTF_8))).isEqualTo(messages.get(i));
      assertThat(MessageJson.write(messages.get(i))).asString(UTF_8).isEqualTo(lines.get(i));
    }
  }

  @Test
  void eachMessageOfALink() throws Exception {
    List<String> lines = written("link-messages").lines().toList();
    List<LinkMessage> messages = Words1.ofLinks();
    assertThat(lines).hasSameSizeAs(messages);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(LinkJson.read(lines.get(i).getBytes(UTF_8))).isEqualTo(messages.get(i));
      assertThat(LinkJson.write(messages.get(i))).asString(UTF_8).isEqualTo(lines.get(i));
    }
  }

  /** A kind that is new has to be in a new set: those that are there stay as they were written. */
  @Test
  void eachKindOfMessageIsInOneOfTheSets() {
    assertThat(kinds(List.of(Words1.messages())))
        .containsExactlyInAnyOrder((Object[]) FleetMessage.class.getPermittedSubclasses());
    assertThat(kinds(List.of(Words1.ofLinks())))
        .containsExactlyInAnyOrder((Object[]) LinkMessage.class.getPermittedSubclasses());
  }

  private static Stream<Object> kinds(List<? extends List<?>> sets) {
    return sets.stream().flatMap(List::stream).<Object>map(Object::getClass).distinct();
  }

  @Test
  void eachLetterBetweenControls() throws Exception {
    List<String> lines = written("letters").lines().toList();
    List<Letter> letters = Letters1.letters();
    assertThat(lines).hasSameSizeAs(letters);
    for (int i = 0; i < lines.size(); i++) {
      byte[] before = Base64.getDecoder().decode(lines.get(i));
      byte[] now = LetterJson.write(letters.get(i));
      assertThat(LetterJson.read(before)).isEqualTo(letters.get(i));
      assertThat(Letters1.text(now))
          .asString(UTF_8)
          .isEqualTo(new String(Letters1.text(before), UTF_8));
      assertThat(now).hasSameSizeAs(before);
    }
  }

  @Test
  void whoANodeIsAndWhatItRanLast() throws Exception {
    Path node = set.resolve("node-directory");
    assertThat(new IdentityFile(node).read()).isEqualTo(Files1.IDENTITY);
    byte[] key = Files1.IDENTITY.seal().bytes();
    KnownState last = new LastState(node, key, new SecureRandom()).read();
    assertThat(Objects.requireNonNull(last).state()).isEqualTo(Words1.STATE);
    byte[] sealed = Files.readAllBytes(node.resolve("last-state"));
    assertThat(new SealKey(key).open(sealed, "last state"))
        .isEqualTo(StateJson.write(Words1.STATE));
    new IdentityFile(directory).write(Files1.IDENTITY);
    assertThat(Files.readString(directory.resolve("node")))
        .isEqualTo(written("node-directory/node"));
  }

  @Test
  void whatNoControlWasTold() throws Exception {
    assertThat(new UntoldFile(set.resolve("node-directory")).read()).isEqualTo(Files1.UNTOLD);
    new UntoldFile(directory).write(Files1.UNTOLD);
    assertThat(Files.readString(directory.resolve("untold")))
        .isEqualTo(written("node-directory/untold"));
  }

  /** Of a form that isn't known a new file is made: then none of the hellos is known. */
  @Test
  void theHellosThatWereAnswered() throws Exception {
    Path file = set.resolve("node-directory/replays");
    byte[] before = Files.readAllBytes(file);
    try (ReplayWindow window = ReplayWindow.open(file, Files1.HELLOS, Files1.TOLERANCE)) {
      assertThat(window.first(Files1.hello(1), Files1.SENT)).isFalse();
      assertThat(window.first(Files1.hello(2), Files1.SENT)).isFalse();
      assertThat(Files.readAllBytes(file)).isEqualTo(before);
      assertThat(window.first(Files1.hello(3), Files1.SENT)).isTrue();
    }
    Path anew = directory.resolve("replays");
    try (ReplayWindow window = ReplayWindow.open(anew, Files1.HELLOS, Files1.TOLERANCE)) {
      window.first(Files1.hello(1), Files1.SENT);
      window.first(Files1.hello(2), Files1.SENT);
    }
    assertThat(Files.readAllBytes(anew)).isEqualTo(before);
  }

  @Test
  void whatWasLearntOfACover() throws Exception {
    String text = written("node-directory/profile");
    assertThat(ProfileJson.read(text)).isEqualTo(Files1.PROFILE);
    assertThat(ProfileJson.write(Files1.PROFILE)).isEqualTo(text);
  }

  /** It knew of one name only: what it has counts for the cover's own. */
  @Test
  void whatWasLearntOfACoverBeforeThereWereNamesOfIt() throws Exception {
    Profile read = ProfileJson.read(Files.readString(FORMS.resolve("profile-2")));
    assertThat(read.flights())
        .extracting(FlightModel::host, FlightModel::answers)
        .containsExactly(
            tuple(
                "www.example.org", List.of(new FlightModel.Answer(List.of(36, 441, 96, 53), 950))));
    assertThat(ProfileJson.read(ProfileJson.write(read))).isEqualTo(read);
  }

  @Test
  void whichControlsCommandsKnow() throws Exception {
    ContextFile file = ContextFile.byDefault(Map.of("XDG_CONFIG_HOME", set.toString()), set);
    assertThat(file.read()).isEqualTo(Files1.CONTEXTS);
    file.write(Files1.CONTEXTS);
    assertThat(Files.readString(file.path())).isEqualTo(written("doppelfleet/contexts.json"));
  }

  @Test
  void theStoreAndItsKey() throws Exception {
    assertThat(written("control-directory/fleet.key").lines())
        .startsWith("doppelfleet-fleet-key 1");
    try (Store store = Store1.open(set.resolve("control-directory"))) {
      Store1.check(store);
    }
  }
}
