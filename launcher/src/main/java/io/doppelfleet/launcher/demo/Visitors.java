package io.doppelfleet.launcher.demo;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.ClientKeys;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.load.LoadClients;
import io.doppelfleet.standin.load.Talk;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * People who come to a fleet, talk or fetch something, go and come again, each to any of its nodes.
 * Whom a node doesn't serve comes again later: they go on whatever becomes of nodes and secrets.
 */
public final class Visitors implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Visitors.class);
  private static final int DATACENTER = 2;

  /** All of them have come after so long. */
  private static final int ARRIVAL_MILLIS = 4_000;

  private final List<LoadClients> nodes;
  private final ClientKeys keys = ClientKeys.generate();
  private final RandomGenerator random = new SplittableRandom();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("visitors").unstarted(task));

  private Visitors(List<InetSocketAddress> nodes) {
    this.nodes = nodes.stream().map(node -> new LoadClients(node, DATACENTER, 1)).toList();
  }

  /**
   * They begin to come.
   *
   * @param nodes where these listen, on the IPv4 loopback
   * @param secrets of which each visitor has one
   */
  public static Visitors come(List<InetSocketAddress> nodes, List<NamedSecret> secrets, int count) {
    Visitors visitors = new Visitors(nodes);
    for (int i = 0; i < count; i++) {
      Secret secret = secrets.get(i % secrets.size()).secret();
      Visitor visitor = new Visitor(visitors, secret);
      visitors.after(visitors.between(0, ARRIVAL_MILLIS), visitor::come);
    }
    return visitors;
  }

  /** Opens a connection to one of the nodes. On the timer's thread, as all that draws numbers. */
  void open(Secret secret, Talk talk) {
    ClientHello hello = Hellos.classic(secret).withKeys(keys).build();
    nodes.get(random.nextInt(nodes.size())).open(hello, talk);
  }

  /** A number from the first to the second, both of them possible. */
  int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  /** Does something later, on the one thread that visitors have. */
  void after(int millis, Runnable task) {
    try {
      timer.schedule(() -> attempt(task), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("nobody comes again", e); // it is over
    }
  }

  private static void attempt(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.debug("a visitor stays away", e); // a loop that is about to end
    }
  }

  /** They come and go until then. */
  public void stayUntil(Future<?> over) throws InterruptedException, ExecutionException {
    over.get();
  }

  /** All go, at once. */
  @Override
  public void close() throws InterruptedException {
    timer.shutdownNow();
    if (!timer.awaitTermination(5, TimeUnit.SECONDS)) {
      LOG.debug("the visitors' thread is late");
    }
    nodes.forEach(LoadClients::close);
  }
}
