package io.doppelfleet.e2e;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The program of {@link TdLib}'s process: each line of its input is a request to TDLib, each line
 * of its output an answer or an update.
 */
final class TdLibProcess {
  /** RTLD_LAZY alone: with JNA's RTLD_GLOBAL the second copy would be bound to the first. */
  private static final int LOCAL = 1;

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
    int client = tdjson.getFunction("td_create_client_id").invokeInt(new Object[0]);
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
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      send.invokeVoid(new Object[] {client, line});
    }
  }
}
