package io.doppelfleet.e2e;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The program of {@link TdLib}'s process: each line of its input is a request to TDLib, each line
 * of its output an answer or an update.
 *
 * <p>The requests go to some clients in turn, for each has a thread of its own: a test of a proxy
 * keeps it busy for a third of a second or more, since it looks anew whether the data centre's
 * modulus is a safe prime, and TDLib gives up where that takes 8 s for all of them.
 */
final class TdLibProcess {
  /** RTLD_LAZY alone: with JNA's RTLD_GLOBAL the second copy would be bound to the first. */
  private static final int LOCAL = 1;

  private static final int CLIENTS = 4;

  private TdLibProcess() {}

  public static void main(String[] arguments) throws IOException {
    NativeLibrary tdjson =
        NativeLibrary.getInstance(arguments[0], Map.of(Library.OPTION_OPEN_FLAGS, LOCAL));
    tdjson
        .getFunction("td_execute")
        .invokeString(
            new Object[] {"{\"@type\": \"setLogVerbosityLevel\", \"new_verbosity_level\": 0}"},
            false);
    Function send = tdjson.getFunction("td_send");
    Function receive = tdjson.getFunction("td_receive");
    Function create = tdjson.getFunction("td_create_client_id");
    int[] clients = IntStream.range(0, CLIENTS).map(i -> create.invokeInt(new Object[0])).toArray();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              while (true) {
                String text = receive.invokeString(new Object[] {1.0}, false);
                if (text != null) {
                  System.out.println(text);
                }
              }
            });
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    int next = 0;
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      send.invokeVoid(new Object[] {clients[next], line});
      next = (next + 1) % clients.length;
    }
  }
}
