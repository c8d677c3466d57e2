package io.doppelfleet.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What real shells complete. */
@Timeout(60)
final class CompletionTest {
  @TempDir Path directory;

  private Path script(String shell) throws Exception {
    StringWriter out = new StringWriter();
    int status =
        Main.commandLine("completion", shell)
            .setOut(new PrintWriter(out))
            .execute("completion", shell);
    assertThat(status).isZero();
    return Files.writeString(directory.resolve("completion." + shell), out.toString());
  }

  private static boolean isInstalled(String shell) {
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .anyMatch(each -> Files.isExecutable(Path.of(each, shell)));
  }

  private static List<String> run(String... command) throws Exception {
    Process shell = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(out).isZero();
    return out.lines().map(line -> line.split("\t", -1)[0].strip()).toList();
  }

  /** As readline calls it: the words, and which of them the cursor is at. */
  private List<String> byBash(String line) throws Exception {
    String[] words = line.split(" ", -1);
    String calls =
        "source \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($#-1)); COMP_LINE=\"$*\";"
            + " COMP_POINT=${#COMP_LINE}; _complete_doppelfleet 2> /dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"";
    String[] command = {"bash", "--norc", "-c", calls, "bash", script("bash").toString()};
    String[] all = Arrays.copyOf(command, command.length + words.length);
    System.arraycopy(words, 0, all, command.length, words.length);
    return run(all);
  }

  @ParameterizedTest
  @CsvSource({
    "'doppelfleet sec', secret",
    "'doppelfleet secret ro', rotate",
    "'doppelfleet secret rotate --ov', --overlap",
    "'doppelfleet completion f', fish",
    "'doppelfleet token add ci --role o', operator",
    "'doppelfleet context add far --token', --token-file",
  })
  void bashCompletesCommandsOptionsAndWhatTheyTake(String line, String completed) throws Exception {
    assertThat(byBash(line)).containsExactly(completed);
  }

  @ParameterizedTest
  @CsvSource({
    "'doppelfleet sec', secret",
    "'doppelfleet secret ro', rotate",
    "'doppelfleet secret rotate --ov', --overlap",
    "'doppelfleet completion f', fish",
    "'doppelfleet token add ci --role o', operator",
  })
  void fishDoesToo(String line, String completed) throws Exception {
    assumeTrue(isInstalled("fish"), "fish is not installed: its completion");
    String calls = "source " + script("fish") + "; complete -C '" + line + "'";
    assertThat(run("fish", "--no-config", "-c", calls)).containsExactly(completed);
  }

  @Test
  void zshTakesTheScript() throws Exception {
    assumeTrue(isInstalled("zsh"), "zsh is not installed: its completion");
    String calls = "source " + script("zsh") + "; print $_comps[doppelfleet]";
    assertThat(run("zsh", "-f", "-c", calls)).last().asString().contains("_complete_doppelfleet");
  }

  @Test
  void fishIsToldOfEachCommandAndOption() throws Exception {
    String script = Files.readString(script("fish"));
    assertThat(script)
        .contains("'secret' 'secret add'")
        .contains("complete -c doppelfleet -n '__doppelfleet_at secret' -a 'rotate' -d ")
        .contains("complete -c doppelfleet -n '__doppelfleet_at secret rotate' -l overlap -r -d ")
        .contains("-n '__doppelfleet_at secret import' -F\n")
        .contains("-l role -r -a 'viewer operator admin' -d ")
        .contains("the site\\'s")
        .doesNotContain("@|");
  }
}
