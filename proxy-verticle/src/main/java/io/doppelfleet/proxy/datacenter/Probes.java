package io.doppelfleet.proxy.datacenter;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.dial.Dialler;
import io.doppelfleet.proxy.dial.Ways;
import io.netty.channel.EventLoop;
import io.vertx.core.AsyncResult;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks each address of each data centre on a schedule, one after the other and by the ways of
 * clients, and has the best one tried first. For one event loop of a node.
 */
public final class Probes {
  private static final Logger LOG = LoggerFactory.getLogger(Probes.class);

  /**
   * The next round begins earlier or later by up to a tenth: a fleet's nodes don't come at once.
   */
  private static final double JITTER = 0.1;

  private final Datacenters datacenters;
  private final Dialler dialler;
  private final Ways ways;
  private final EventLoop loop;
  private final Duration every;
  private final SecureRandom random = new SecureRandom();
  private final Set<Integer> silent = new HashSet<>();
  private @Nullable Probe now;
  private @Nullable ScheduledFuture<?> next;
  private boolean ended;

  /** Asks nothing yet. */
  public Probes(
      Datacenters datacenters, Dialler dialler, Ways ways, EventLoop loop, Duration every) {
    this.datacenters = datacenters;
    this.dialler = dialler;
    this.ways = ways;
    this.loop = loop;
    this.every = every;
  }

  /** One address that is to be asked. */
  private record Place(int datacenter, InetSocketAddress address) {}

  /** A round now, and then again and again. On the loop. */
  public void begin() {
    Queue<Place> places = new ArrayDeque<>();
    for (int datacenter : datacenters.known()) {
      datacenters.of(datacenter).forEach(each -> places.add(new Place(datacenter, each)));
    }
    ask(places, new HashMap<>());
  }

  /** Asks no more. On the loop. */
  public void end() {
    ended = true;
    if (now != null) {
      now.cancel();
    }
    if (next != null) {
      next.cancel(false);
    }
  }

  private void ask(Queue<Place> places, Map<InetSocketAddress, Long> answered) {
    Place place = places.poll();
    if (place == null) {
      double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
      next = loop.schedule(this::begin, (long) (every.toMillis() * factor), TimeUnit.MILLISECONDS);
      return;
    }
    Probe probe = new Probe(place.datacenter, place.address, dialler, ways, loop, random);
    now = probe;
    probe
        .took()
        .onComplete(
            took -> {
              if (!ended) {
                note(place, took, answered);
                Place following = places.peek();
                if (following == null || following.datacenter != place.datacenter) {
                  judge(place.datacenter, answered);
                  answered.clear();
                }
                // Not from within the last one's end: its leg is to be through with that first.
                loop.execute(() -> goOn(places, answered));
              }
            });
  }

  private void goOn(Queue<Place> places, Map<InetSocketAddress, Long> answered) {
    if (!ended) {
      ask(places, answered);
    }
  }

  private static void note(
      Place place, AsyncResult<Long> took, Map<InetSocketAddress, Long> answered) {
    if (took.succeeded()) {
      answered.put(place.address, took.result());
    } else {
      LOG.debug(
          "data centre {} at {}: {}",
          place.datacenter,
          written(place.address),
          took.cause().getMessage());
    }
  }

  private static HostPort written(InetSocketAddress address) {
    return new HostPort(address.getHostString(), address.getPort());
  }

  private void judge(int datacenter, Map<InetSocketAddress, Long> answered) {
    boolean another = datacenters.order(datacenter, answered);
    if (answered.isEmpty() && silent.add(datacenter)) {
      LOG.warn("data centre {} answers at none of its addresses", datacenter);
    } else if (!answered.isEmpty() && silent.remove(datacenter)) {
      LOG.info("data centre {} answers again", datacenter);
    }
    if (another) {
      LOG.info(
          "data centre {} is tried first at {}",
          datacenter,
          written(datacenters.of(datacenter).getFirst()));
    }
  }
}
