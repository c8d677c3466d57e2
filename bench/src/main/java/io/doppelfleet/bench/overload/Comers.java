package io.doppelfleet.bench.overload;

import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.load.Echo;
import io.doppelfleet.standin.load.LoadClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Clients who all want to stay; each echoes now and then, leaves at last and comes again. No two
 * keep the same time, as people don't: else they would speak and leave all at once.
 */
final class Comers implements AutoCloseable {
  /** At the most, from one thing that one of them does to the next. */
  private static final Duration BETWEEN = Duration.ofSeconds(4);

  /** Messages of one stay, at the most. */
  private static final int MESSAGES = 6;

  private final LoadClients clients;
  private final Supplier<ClientHello> hellos;
  private final List<Thread> comers = new ArrayList<>();

  Comers(LoadClients clients, Supplier<ClientHello> hellos) {
    this.clients = clients;
    this.hellos = hellos;
  }

  /** Begins, with so many. */
  void begin(int count) {
    for (int i = 0; i < count; i++) {
      comers.add(Thread.ofVirtual().start(this::comeAndGo));
    }
  }

  /** Nobody comes or speaks any more: to be called before the loops that carry them end. */
  @Override
  public void close() throws InterruptedException {
    comers.forEach(Thread::interrupt);
    for (Thread comer : comers) {
      comer.join();
    }
  }

  private void comeAndGo() {
    try {
      while (true) {
        pause();
        Echo echo = new Echo();
        clients.open(hello(), echo);
        try {
          stay(echo);
        } catch (ExecutionException lost) {
          // It was cut, or waited for too long: it comes again.
        }
        echo.close();
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized ClientHello hello() {
    return hellos.get();
  }

  private static void stay(Echo echo) throws InterruptedException, ExecutionException {
    echo.first().get();
    for (int left = ThreadLocalRandom.current().nextInt(MESSAGES); left >= 0; left--) {
      pause();
      echo.send().get();
    }
  }

  private static void pause() throws InterruptedException {
    Thread.sleep(ThreadLocalRandom.current().nextLong(BETWEEN.toMillis()));
  }
}
