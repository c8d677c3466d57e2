package io.doppelfleet.bench.soak;

import io.doppelfleet.bench.measure.Node;
import io.doppelfleet.bench.measure.Secrets;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.load.Bulk;
import io.doppelfleet.standin.load.Download;
import io.doppelfleet.standin.load.Echo;
import io.doppelfleet.standin.load.Flow;
import io.doppelfleet.standin.load.LoadClients;
import io.doppelfleet.standin.load.SlowDownload;
import io.doppelfleet.standin.load.Talk;
import io.doppelfleet.standin.load.Upload;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The clients of one node. */
final class Clients implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;
  private static final long BULK_BYTES = 4_000_000;
  private static final long SLOW_MILLIS = 30_000;

  private static final Duration BETWEEN_MESSAGES = Duration.ofSeconds(5);
  private static final Duration BETWEEN_BULKS = Duration.ofSeconds(2);
  private static final Duration BETWEEN_VISITS = Duration.ofMillis(200);

  private final SoakNode node;
  private final Tally tally;
  private final Actors actors;
  private final LoadClients clients;
  private final Supplier<ClientHello> hellos;

  Clients(SoakNode node, Secret secret, Tally tally, Actors actors) {
    this.node = node;
    this.tally = tally;
    this.actors = actors;
    this.clients = new LoadClients(node.address(), Node.DATACENTER, 1);
    this.hellos = new Secrets(List.of(new NamedSecret("soak", secret))).hellos(Hellos::hybrid);
  }

  /** So many hold their connections and chat; others come besides. */
  void begin(int held) {
    actors.add(held, BETWEEN_MESSAGES, Chat::new);
    actors.add(2, BETWEEN_BULKS, () -> this::bulk);
    actors.add(4, BETWEEN_VISITS, () -> this::visit);
    actors.add(Math.max(1, held / 50), Duration.ofSeconds(1), () -> this::readSlowly);
  }

  private void open(Talk talk) {
    ClientHello hello;
    synchronized (hellos) {
      hello = hellos.get();
    }
    clients.open(hello, talk);
  }

  /**
   * Waits for what has to come.
   *
   * @param begun when it was asked for, of {@link System#nanoTime}
   * @return null where it didn't, which was told
   */
  private <T> @Nullable T came(String what, long begun, CompletableFuture<T> future)
      throws InterruptedException {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      tally.failed(what, cause, node.wasDown(begun));
      return null;
    }
  }

  /** Content, one way. */
  private void bulk() throws InterruptedException {
    Bulk bulk =
        ThreadLocalRandom.current().nextBoolean()
            ? new Download(BULK_BYTES)
            : new Upload(BULK_BYTES);
    long begun = System.nanoTime();
    open(bulk);
    if (came("content", begun, bulk.done()) != null) {
      tally.served(BULK_BYTES);
    }
  }

  /** Comes, says one thing and goes. */
  private void visit() throws InterruptedException {
    Echo echo = new Echo();
    long begun = System.nanoTime();
    open(echo);
    if (came("a short visit", begun, echo.first()) != null) {
      tally.served(Echo.LENGTH);
    }
    echo.close();
  }

  /** Reads less than comes, for a while. */
  private void readSlowly() throws InterruptedException {
    Flow flow = new Flow();
    long begun = System.nanoTime();
    open(flow);
    if (came("a slow reader's beginning", begun, flow.ready()) == null) {
      return;
    }
    LongAdder arrived = new LongAdder();
    flow.begin(new SlowDownload(0, 1, arrived));
    boolean ends = actors.pause(SLOW_MILLIS);
    flow.close();
    if (arrived.sum() > 0) {
      tally.served(arrived.sum());
    } else if (!ends) {
      tally.failed("a slow reader", new IllegalStateException("nothing came"), node.wasDown(begun));
    }
  }

  @Override
  public void close() {
    clients.close();
  }

  /** Holds a connection and says something on it; opens another when it is lost. */
  private final class Chat implements Actors.Actor {
    private @Nullable Echo held;

    @Override
    public void act() throws InterruptedException {
      long begun = System.nanoTime();
      Echo echo = held;
      if (echo == null) {
        Echo opened = new Echo();
        open(opened);
        held = came("a connection", begun, opened.first());
        return;
      }
      if (came("a message", begun, echo.send()) != null) {
        tally.echoed(System.nanoTime() - begun);
      } else {
        echo.close();
        held = null;
      }
    }

    @Override
    public void leave() {
      if (held != null) {
        held.close();
      }
    }
  }
}
