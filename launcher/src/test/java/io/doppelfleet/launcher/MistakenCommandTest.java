package io.doppelfleet.launcher;

import static org.assertj.core.api.Assertions.assertThat;

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
        "list add offices nowhere --confirm privat|doppelfleet: Invalid value for option '--confirm' (WORD): \"privat\": everything, private, bogon, fewer, use, nobody are right",
        "settings --connections many|--connections \"many\": a whole number or none is right",
        "revision diff one|doppelfleet: Invalid value for positional parameter at index 0 (FROM): 'one' is not a long",
      })
  void whatCannotBeMeantIsSaidBeforeAnythingIsAsked(String command, String error) {
    StringWriter said = new StringWriter();
    String[] arguments = command.split(" ");
    CommandLine commandLine = Main.commandLine(arguments).setErr(new PrintWriter(said, true));
    assertThat(commandLine.execute(arguments)).isEqualTo(2);
    assertThat(said.toString().lines().findFirst()).contains(error);
  }
}
