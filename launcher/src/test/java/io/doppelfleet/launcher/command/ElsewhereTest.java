package io.doppelfleet.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.launcher.state.Context;
import io.doppelfleet.launcher.state.ContextFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Which control a command asks. */
final class ElsewhereTest {
  @TempDir Path directory;

  private Door door(Map<String, String> more, String... arguments) throws Exception {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("XDG_CONFIG_HOME", directory.toString());
    ContextFile file = ContextFile.byDefault(environment, directory);
    Context far = new Context("far", "https://control.example.org:8081", "api1.x", null, null);
    file.write(file.read().with(far));
    Elsewhere elsewhere = new Elsewhere();
    new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(elsewhere))
        .parseArgs(arguments);
    return elsewhere.door(null, directory, environment);
  }

  @Test
  void aStateDirectoryThatWasSaidIsOfThisMachineWhicheverContextIsUsed() throws Exception {
    Map<String, String> said = Map.of("DOPPELFLEET_STATE", directory.toString());
    assertThat(door(Map.of())).isInstanceOf(WebDoor.class);
    assertThat(door(said)).isEqualTo(NodeDoor.of(directory));
    assertThat(door(said, "--context", "far")).isInstanceOf(WebDoor.class);
  }
}
