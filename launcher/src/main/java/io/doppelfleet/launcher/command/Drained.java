package io.doppelfleet.launcher.command;

import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** Waits for a node that the control drains. */
record Drained(ApiClient api, String name, Progress progress) {
  private static final Duration STEP = Duration.ofSeconds(1);

  /** What a node takes beyond its clients' time to end, and a control to see it. */
  private static final long MORE_SECONDS = 30;

  /**
   * Until it is away.
   *
   * @param seconds that its clients may take
   * @throws CommandException when it is there still, after some time more
   */
  void await(long seconds) throws CommandException, InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(seconds + MORE_SECONDS).toNanos();
    while (isThere()) {
      if (System.nanoTime() - end > 0) {
        throw CommandException.failed(
            name + " was to end within " + seconds + " s and is there still: look at its log");
      }
      Thread.sleep(STEP);
    }
  }

  private boolean isThere() throws CommandException {
    for (Object each : api.get("/nodes").body().getJsonArray("nodes")) {
      JsonObject node = (JsonObject) each;
      if (node.getString("name").equals(name) && node.getBoolean("connected")) {
        progress.say(name + " is drained: " + node.getInteger("clients", 0) + " clients are left");
        return true;
      }
    }
    return false;
  }
}
