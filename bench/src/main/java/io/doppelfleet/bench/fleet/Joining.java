package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Children;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Has a node join, as an operator does. */
public final class Joining {
  private static final int WITHIN_SECONDS = 60;

  private Joining() {}

  /**
   * Waits until it has.
   *
   * @param script {@code doppelfleet}
   * @param state the node's own directory
   * @param token of the control's
   */
  public static void join(Children children, Path script, Path state, String token)
      throws IOException, InterruptedException {
    Path log = state.resolve("join.log");
    ProcessBuilder builder =
        new ProcessBuilder(script.toString(), "node", "join", token)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("DOPPELFLEET_STATE", state.toString());
    Process joining = children.start(builder);
    boolean over = joining.waitFor(WITHIN_SECONDS, TimeUnit.SECONDS);
    children.stop(joining);
    if (!over || joining.exitValue() != 0) {
      throw new IOException("a node could not join: " + Files.readString(log));
    }
  }
}
