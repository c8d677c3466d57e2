package io.doppelfleet.launcher;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Commands that no control could do, said before one is looked for. */
final class MistakenCommandTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "secret add|doppelfleet: Missing required parameter: 'NAME'",
        "secret|doppelfleet: Missing required subcommand",
        "secret add alice --overlap 1|doppelfleet: Unknown options: '--overlap', '1'",
        "secret rotate alice --overlap 1|doppelfleet: Invalid value for option '--overlap': \"1\": a time with its unit is right, like 500ms, 5s, 2m, 1h or 7d",
        "secret rotate alice --overlap 1500ms|doppelfleet: Invalid value for option '--overlap': \"1500ms\": whole seconds are right",
        "traffic --by secret|--by \"secret\": day, hour or node is right",
        "secret limit alice --connections many|--connections \"many\": a whole number or none is right",
        "secret limit alice --addresses 3|--addresses \"3\": NUMBER/TIME like 3/24h or none is right",
        "secret limit alice --addresses 3/day|--addresses \"3/day\": a time with its unit is right, like 500ms, 5s, 2m, 1h or 7d",
        "secret limit alice --rate 2MiB|--rate \"2MiB\": SIZE/s like 2MiB/s or none is right",
        "secret limit alice --bytes 10GB/month|--bytes \"10GB/month\": a size with its unit is right, like 500MiB, 10GiB or 2TiB",
        "secret limit alice --bytes 10GiB|--bytes \"10GiB\": SIZE/PERIOD like 10GiB/month, each once, is right",
        "secret import nowhere|nowhere: there is no such file",
        "list add offices nowhere|nowhere is not there",
        "list add offices src/test/resources/forms/profile-2|src/test/resources/forms/profile-2: 15 of its lines are no addresses, line 1 the first: that is no list",
        "list add offices nowhere --deny --allow|doppelfleet: Error: --deny, --allow are mutually exclusive (specify only one)",
        "list add offices nowhere --confirm fewer,10/8|doppelfleet: Invalid value for option '--confirm' (WORD): \"10/8\": a word of a to z is right",
        "list add offices nowhere --confirm later|nowhere is not there",
        "list remove offices --confirm nobody&more|doppelfleet: Invalid value for option '--confirm': \"nobody&more\": a word of a to z is right",
        "settings --connections many|--connections \"many\": a whole number or none is right",
        "revision diff one|doppelfleet: Invalid value for positional parameter at index 0 (FROM): 'one' is not a long",
      })
  void whatCannotBeMeantIsSaidBeforeAnythingIsAsked(String command, String error) {
    assertIsMistaken(command, error);
  }

  private static void assertIsMistaken(String command, String error) {
    StringWriter said = new StringWriter();
    String[] arguments = command.split(" ");
    CommandLine commandLine = Main.commandLine(arguments).setErr(new PrintWriter(said, true));
    assertThat(commandLine.execute(arguments)).isEqualTo(2);
    assertThat(said.toString().lines().findFirst()).contains(error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "100|-: its last line has no end, so it may be a part of a list",
        "5000000|-: it is longer than 4 MiB",
      })
  void ofAListThatComesInWhatIsWrongWithItIsSaid(int length, String error) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream("8".repeat(length).getBytes(US_ASCII)));
    try {
      assertIsMistaken("list add offices -", error);
    } finally {
      System.setIn(before);
    }
  }
}
