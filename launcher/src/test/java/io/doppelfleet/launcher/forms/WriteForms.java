package io.doppelfleet.launcher.forms;

import io.doppelfleet.control.peer.LetterJson;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.LinkJson;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.StateJson;
import io.doppelfleet.launcher.state.ContextFile;
import io.doppelfleet.launcher.state.IdentityFile;
import io.doppelfleet.launcher.state.LastState;
import io.doppelfleet.launcher.state.UntoldFile;
import io.doppelfleet.proxy.doppel.ProfileJson;
import io.doppelfleet.proxy.greeting.ReplayWindow;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Writes what {@link FormsTest} reads, once for each set of forms that a release had. Sets that are
 * there are never written again: they are what earlier versions have left on disks and say to this
 * one. Who changes a form gives it the next number; who does so, or adds a kind of message, leaves
 * {@code forms/1} and the classes that end in 1 as they are, makes those of the next set beside
 * them, of what is new alone, and writes that:
 *
 * <pre>{@code
 * mvn -pl launcher -am test -Dtest=WriteForms -Dforms.write=src/test/resources/forms/2
 *     -Dsurefire.failIfNoSpecifiedTests=false
 * }</pre>
 */
@EnabledIfSystemProperty(named = "forms.write", matches = ".+")
final class WriteForms {
  @Test
  void writesThem() throws Exception {
    Path set = Files.createDirectory(Path.of(System.getProperty("forms.write")).toAbsolutePath());
    Files.write(set.resolve("state"), StateJson.write(Words1.STATE));
    messages(set);
    letters(set);
    Path node = Files.createDirectory(set.resolve("node-directory"));
    new IdentityFile(node).write(Files1.IDENTITY);
    new LastState(node, Files1.IDENTITY.seal().bytes(), new SecureRandom()).write(Words1.STATE);
    new UntoldFile(node).write(Files1.UNTOLD);
    Files.writeString(node.resolve("profile"), ProfileJson.write(Files1.PROFILE));
    try (ReplayWindow window =
        ReplayWindow.open(node.resolve("replays"), Files1.HELLOS, Files1.TOLERANCE)) {
      window.first(Files1.hello(1), Files1.SENT);
      window.first(Files1.hello(2), Files1.SENT);
    }
    ContextFile.byDefault(Map.of("XDG_CONFIG_HOME", set.toString()), set).write(Files1.CONTEXTS);
    Path control = Files.createDirectory(set.resolve("control-directory"));
    try (Store store = Store1.open(control)) {
      Store1.fill(store);
    }
  }

  /** One in each line. */
  private static void messages(Path set) throws Exception {
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    for (FleetMessage message : Words1.messages()) {
      messages.writeBytes(MessageJson.write(message));
      messages.write('\n');
    }
    Files.write(set.resolve("messages"), messages.toByteArray());
    ByteArrayOutputStream ofLinks = new ByteArrayOutputStream();
    for (LinkMessage message : Words1.ofLinks()) {
      ofLinks.writeBytes(LinkJson.write(message));
      ofLinks.write('\n');
    }
    Files.write(set.resolve("link-messages"), ofLinks.toByteArray());
  }

  /** One in each line, in base 64. */
  private static void letters(Path set) throws Exception {
    Files.write(
        set.resolve("letters"),
        Letters1.letters().stream()
            .map(letter -> Base64.getEncoder().encodeToString(LetterJson.write(letter)))
            .toList());
  }
}
