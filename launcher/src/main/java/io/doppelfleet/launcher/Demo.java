package io.doppelfleet.launcher;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.launcher.demo.Surroundings;
import io.doppelfleet.launcher.demo.Visitors;
import io.doppelfleet.launcher.logging.LogSetup;
import io.doppelfleet.launcher.screen.Terminal;
import io.doppelfleet.launcher.state.AdminLink;
import io.doppelfleet.launcher.state.StateException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A control, three nodes that joined it, what they stand between and who comes to them, all in this
 * process and on its loopback; its files are in a directory that ends with it.
 */
final class Demo {
  private static final int VISITORS = 300;
  private static final List<String> NODES = List.of("amber", "birch", "cedar");

  private final PrintWriter out;

  /** Says there where the dashboard is. */
  Demo(PrintWriter out) {
    this.out = out;
  }

  /**
   * Runs until a signal, which may come while it starts.
   *
   * @throws Exception when something can't be had; then nothing is left either
   */
  void run() throws Exception {
    LogSetup.errorsOnly();
    try (DemoDirectory directory = DemoDirectory.make()) {
      CompletableFuture<String> signal = Signals.first(directory::close);
      say("The demo starts: a control, three nodes, " + VISITORS + " synthetic clients\n");
      try (DemoFleet fleet = DemoFleet.control(directory.path())) {
        show(fleet); // while somebody sets a password the others come
        if (!signal.isDone()) {
          run(fleet, signal);
        }
        say(signal.get() + ": the demo ends\n");
      }
    }
  }

  private static void run(DemoFleet fleet, CompletableFuture<String> signal) throws Exception {
    try (Surroundings around = Surroundings.open()) {
      List<NamedSecret> secrets = fleet.fill();
      for (String name : NODES) {
        if (signal.isDone()) {
          return;
        }
        fleet.join(name, around);
      }
      try (Visitors visitors = Visitors.come(fleet.addresses(), secrets, VISITORS)) {
        visitors.stayUntil(signal);
      }
    }
  }

  /** The link makes whoever opens it first the administrator: it is for this user alone. */
  private void show(DemoFleet fleet) throws StateException {
    String link = fleet.invitation();
    Path file = AdminLink.fileIn(fleet.state());
    if (!Terminal.isThere()) {
      AdminLink.write(file, link);
    }
    say(
        "\n  dashboard  "
            + (Terminal.isThere() ? link : "the link is in " + file)
            + "\n             you set its password there; the link works once\n"
            + "  commands   DOPPELFLEET_STATE="
            + fleet.state()
            + " ./doppelfleet status\n\nCtrl-C ends it and leaves nothing.\n");
  }

  private void say(String text) {
    out.print(text);
    out.flush();
  }
}
