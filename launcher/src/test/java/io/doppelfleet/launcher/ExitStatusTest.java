package io.doppelfleet.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.launcher.command.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Each number has one meaning, which the help and the page say. */
final class ExitStatusTest {
  private static int status(String... arguments) {
    return Main.commandLine(arguments)
        .setOut(new PrintWriter(new StringWriter()))
        .setErr(new PrintWriter(new StringWriter()))
        .execute(arguments);
  }

  @Test
  void theHelpHasEachCommandAndWhoKnowsOneAloneHasTheSame() {
    var all = Main.commandLine("--help").getSubcommands();
    assertThat(all).hasSizeGreaterThan(10).containsKeys("run", "secret", "completion");
    all.forEach(
        (name, command) -> {
          assertThat(
                  command.getCommand().getClass().getAnnotation(CommandLine.Command.class).name())
              .isEqualTo(name);
          assertThat(Main.commandLine(name, "--help").getSubcommands()).containsKey(name);
        });
    assertThat(Main.commandLine().getSubcommands()).isEmpty();
  }

  @Test
  void theHelpAndThePageHaveAllOfThem() throws IOException {
    String help = Main.commandLine().getUsageMessage(CommandLine.Help.Ansi.OFF);
    String page = Files.readString(Path.of("../docs/commands.md"));
    for (ExitStatus each : ExitStatus.values()) {
      assertThat(help.replaceAll("\\s+", " ")).contains(each.code() + " " + each.meaning());
      assertThat(page).contains("| " + each.code() + " | " + each.meaning());
    }
  }

  @Test
  void aCommandEndsWithWhatTheySay(@TempDir Path directory) throws IOException {
    Path token = Files.writeString(directory.resolve("token"), "api1.x");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    assertThat(status("--help")).isEqualTo(ExitStatus.DONE.code());
    assertThat(status("nonsense")).isEqualTo(ExitStatus.WRONG.code());
    assertThat(status("status", "--url", "http://far.example:1", "--token-file", token.toString()))
        .isEqualTo(ExitStatus.WRONG.code());
    assertThat(status("status", "--url", "http://127.0.0.1:9", "--token-file", token.toString()))
        .isEqualTo(ExitStatus.FAILED.code());
    assertThat(status("status", "--token-file", token.toString()))
        .isEqualTo(ExitStatus.WRONG.code());
  }
}
