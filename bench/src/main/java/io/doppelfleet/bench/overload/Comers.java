package io.doppelfleet.bench.overload;

import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.load.Echo;
import io.doppelfleet.standin.load.LoadClients;
import java.time.Duration;
import java.util.function.Supplier;

/** Clients who all want to stay; each echoes now and then, leaves at last and comes again. */
final class Comers {
  private static final Duration BETWEEN = Duration.ofMillis(500);

  /** Messages of one stay. */
  private static final int MESSAGES = 10;

  private final LoadClients clients;
  private final Supplier<ClientHello> hellos;

  Comers(LoadClients clients, Supplier<ClientHello> hellos) {
    this.clients = clients;
    this.hellos = hellos;
  }

  /** Begins, with so many. */
  void begin(int count) {
    for (int i = 0; i < count; i++) {
      Thread.ofVirtual().start(this::comeAndGo);
    }
  }

  private void comeAndGo() {
    try {
      while (true) {
        Echo echo = new Echo();
        clients.open(hello(), echo);
        try {
          stay(echo);
        } catch (RuntimeException lost) {
          // It was cut, or waited for too long: it comes again.
        }
        echo.close();
        Thread.sleep(BETWEEN);
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized ClientHello hello() {
    return hellos.get();
  }

  private static void stay(Echo echo) throws InterruptedException {
    echo.first().join();
    for (int i = 0; i < MESSAGES; i++) {
      Thread.sleep(BETWEEN);
      echo.send().join();
    }
  }
}
