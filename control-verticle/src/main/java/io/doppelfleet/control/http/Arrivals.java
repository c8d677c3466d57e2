package io.doppelfleet.control.http;

import io.doppelfleet.control.access.Network;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that are open, from when they are accepted: so many in all and so many of one
 * network, and each is to ask for something soon. One more takes the place of a stranger's, so who
 * holds all places keeps nobody out, and of who has shown a good token or session of late none is
 * ended for a stranger. Which stranger's: of those networks that most strangers are of, and there
 * the one that was heard least lately, so that whoever has few connections and goes on is known
 * before it is their turn. All of it is on one event loop.
 */
public final class Arrivals {
  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

  static final int MOST_OF_ONE_NETWORK = 32;

  /**
   * Handshakes begun in a second: each takes the event loop, on which clients are, milliseconds.
   */
  static final int MOST_HANDSHAKES = 256;

  /** Of one network. */
  static final int MOST_HANDSHAKES_OF_ONE = 64;

  /** Of a handshake, and until the first request is there. */
  private static final long SILENT_MILLIS = 5_000;

  /** Longer than a connection may rest: who has asked nothing for so long is gone by itself. */
  private static final long KNOWN_MILLIS = 2 * 60_000;

  private final Vertx vertx;
  private final int most;
  private final long silentMillis;
  private final long knownMillis;
  private final Counter refused;

  /** Handshakes since the beginning of this second, on {@link System#nanoTime}'s clock. */
  private final Map<String, Integer> byNetwork = new HashMap<>();

  private int handshakes;
  private long second = System.nanoTime();

  /** The one that was heard least lately first: it is put last wherever it is looked up. */
  private final Map<End, Arrival> open = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<String, Crowd> crowds = new HashMap<>();

  /**
   * Of one listener.
   *
   * @param most connections at once
   * @param refused counts those that were closed for there were too many
   */
  public Arrivals(Vertx vertx, int most, Counter refused) {
    this(vertx, most, refused, SILENT_MILLIS, KNOWN_MILLIS);
  }

  /** Where a connection may be silent for so long at first, and is known for so long. */
  Arrivals(Vertx vertx, int most, Counter refused, long silentMillis, long knownMillis) {
    this.vertx = vertx;
    this.most = most;
    this.refused = refused;
    this.silentMillis = silentMillis;
    this.knownMillis = knownMillis;
  }

  /** The far end of a connection. */
  private record End(String address, int port) {
    static End of(HttpConnection connection) {
      SocketAddress from = connection.remoteAddress();
      return new End(String.valueOf(from.hostAddress()), from.port());
    }
  }

  /** The connections of a network. */
  private static final class Crowd {
    private int all;

    /** Those that are strangers', as they were counted last. */
    private int strangers;
  }

  /** A connection. */
  static final class Arrival {
    private final End end;
    private final List<String> networks;
    private final List<Crowd> crowds = new ArrayList<>();
    private final Runnable closing;
    private long timer = -1;

    /** When a good token or session was last shown, by the monotonic clock; null: none was. */
    private @Nullable Long shown;

    private Arrival(End end, Runnable closing) {
      this.end = end;
      this.networks = Network.around(end.address);
      this.closing = closing;
    }

    private String network() {
      return networks.getLast();
    }

    /** Whether more strangers are of its widest network, or as many and of the next, and so on. */
    private boolean isOfMoreThan(Arrival other) {
      for (int i = 0; i < Math.min(crowds.size(), other.crowds.size()); i++) {
        int more = Integer.compare(crowds.get(i).strangers, other.crowds.get(i).strangers);
        if (more != 0) {
          return more > 0;
        }
      }
      return false;
    }
  }

  /** A handshake and a first request each may take so long, milliseconds. */
  long silentMillis() {
    return silentMillis;
  }

  /** One whose request is awaited at once. */
  void arrived(HttpConnection connection) {
    Arrival arrival = arrived(End.of(connection), connection::close);
    if (arrival != null) {
      connection.closeHandler(closed -> gone(arrival));
    }
  }

  /** One whose handshake is awaited. Null: it was one too many, and is closed. */
  @Nullable Arrival arrived(InetSocketAddress from, Runnable closing) {
    String address = from.getAddress().getHostAddress();
    if (!mayBegin(Network.of(address))) {
      LOG.debug("too many handshakes with the API: one more is refused");
      refused.increment();
      closing.run();
      return null;
    }
    return arrived(new End(address, from.getPort()), closing);
  }

  private boolean mayBegin(String network) {
    long now = System.nanoTime();
    if (now - second >= TimeUnit.SECONDS.toNanos(1)) {
      second = now;
      handshakes = 0;
      byNetwork.clear();
    }
    // What is refused for its network alone takes no place of others.
    return byNetwork.merge(network, 1, Integer::sum) <= MOST_HANDSHAKES_OF_ONE
        && ++handshakes <= MOST_HANDSHAKES;
  }

  private @Nullable Arrival arrived(End end, Runnable closing) {
    Arrival arrival = new Arrival(end, closing);
    if (!hasRoom(arrival.network())) {
      LOG.debug("too many connections to the API: one more of {} is refused", arrival.network());
      refused.increment();
      closing.run();
      return null;
    }
    Arrival before = open.put(end, arrival);
    if (before != null) { // which was reset, and is gone in a moment
      leave(before);
    }
    for (String network : arrival.networks) {
      Crowd crowd = crowds.computeIfAbsent(network, first -> new Crowd());
      crowd.all++;
      arrival.crowds.add(crowd);
    }
    arrival.timer = vertx.setTimer(silentMillis, late -> closing.run());
    return arrival;
  }

  private boolean hasRoom(String network) {
    Crowd crowd = crowds.get(network);
    if (crowd != null && crowd.all >= MOST_OF_ONE_NETWORK) {
      return makeRoom(arrival -> arrival.network().equals(network));
    }
    return open.size() < most || makeRoom(arrival -> true);
  }

  private boolean makeRoom(Predicate<Arrival> which) {
    long now = System.nanoTime();
    List<Arrival> strangers =
        open.values().stream().filter(which.and(arrival -> isStranger(arrival, now))).toList();
    crowds.values().forEach(crowd -> crowd.strangers = 0);
    strangers.forEach(arrival -> arrival.crowds.forEach(crowd -> crowd.strangers++));
    Optional<Arrival> last =
        strangers.stream().reduce((one, next) -> next.isOfMoreThan(one) ? next : one);
    last.ifPresent(
        arrival -> {
          LOG.debug("too many connections to the API: one of {} is ended", arrival.network());
          refused.increment();
          gone(arrival);
          arrival.closing.run();
        });
    return last.isPresent();
  }

  private boolean isStranger(Arrival arrival, long now) {
    return arrival.shown == null
        || now - arrival.shown > TimeUnit.MILLISECONDS.toNanos(knownMillis);
  }

  /** It is closed. */
  void gone(Arrival arrival) {
    if (open.remove(arrival.end, arrival)) {
      leave(arrival);
    }
  }

  private void leave(Arrival arrival) {
    vertx.cancelTimer(arrival.timer);
    for (String network : arrival.networks) {
      crowds.computeIfPresent(network, (name, crowd) -> --crowd.all == 0 ? null : crowd);
    }
  }

  /** It has asked for something, so its silence is no longer counted here. */
  void asked(HttpConnection connection) {
    Arrival arrival = open.get(End.of(connection));
    if (arrival != null) {
      vertx.cancelTimer(arrival.timer);
    }
  }

  /** Whoever has shown there what is good is no stranger for a while, or until it isn't. */
  public void shown(HttpConnection connection, boolean good) {
    Arrival arrival = open.get(End.of(connection));
    if (arrival != null) {
      arrival.shown = good ? Long.valueOf(System.nanoTime()) : null;
    }
  }
}
