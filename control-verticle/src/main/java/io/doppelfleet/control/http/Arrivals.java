package io.doppelfleet.control.http;

import io.doppelfleet.control.access.Network;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that are open, from when they are accepted: so many in all and so many of one
 * network, and each is to ask for something soon. One more takes the place of the oldest
 * stranger's, so who holds all places keeps nobody out, and of who has shown a good token or
 * session none is ended for a stranger. All of it is on one event loop.
 */
public final class Arrivals {
  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

  static final int MOST_OF_ONE_NETWORK = 32;

  /** Of a handshake, and until the first request is there. */
  private static final long SILENT_MILLIS = 5_000;

  private final Vertx vertx;
  private final int most;
  private final long silentMillis;

  /** The oldest first. */
  private final Map<End, Arrival> open = new LinkedHashMap<>();

  /**
   * Of one listener.
   *
   * @param most connections at once
   */
  public Arrivals(Vertx vertx, int most) {
    this(vertx, most, SILENT_MILLIS);
  }

  /** Where a connection may be silent for so long at first. */
  Arrivals(Vertx vertx, int most, long silentMillis) {
    this.vertx = vertx;
    this.most = most;
    this.silentMillis = silentMillis;
  }

  /** The far end of a connection, which no two have at once. */
  private record End(String address, int port) {
    static End of(HttpConnection connection) {
      SocketAddress from = connection.remoteAddress();
      return new End(String.valueOf(from.hostAddress()), from.port());
    }
  }

  /** A connection. */
  static final class Arrival {
    private final End end;
    private final String network;
    private final Runnable closing;
    private long timer = -1;
    private boolean known;

    private Arrival(End end, Runnable closing) {
      this.end = end;
      this.network = Network.of(end.address);
      this.closing = closing;
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
    return arrived(new End(from.getAddress().getHostAddress(), from.getPort()), closing);
  }

  private @Nullable Arrival arrived(End end, Runnable closing) {
    Arrival arrival = new Arrival(end, closing);
    if (!hasRoom(arrival.network)) {
      LOG.debug("too many connections to the API: one more of {} is refused", arrival.network);
      closing.run();
      return null;
    }
    open.put(end, arrival);
    arrival.timer = vertx.setTimer(silentMillis, late -> closing.run());
    return arrival;
  }

  private boolean hasRoom(String network) {
    Predicate<Arrival> ofIt = arrival -> arrival.network.equals(network);
    if (open.values().stream().filter(ofIt).count() >= MOST_OF_ONE_NETWORK) {
      return makeRoom(ofIt);
    }
    return open.size() < most || makeRoom(arrival -> true);
  }

  private boolean makeRoom(Predicate<Arrival> which) {
    Optional<Arrival> oldest =
        open.values().stream().filter(which.and(arrival -> !arrival.known)).findFirst();
    oldest.ifPresent(
        arrival -> {
          LOG.debug("too many connections to the API: one of {} is ended", arrival.network);
          gone(arrival);
          arrival.closing.run();
        });
    return oldest.isPresent();
  }

  /** It is closed. */
  void gone(Arrival arrival) {
    if (open.remove(arrival.end, arrival)) {
      vertx.cancelTimer(arrival.timer);
    }
  }

  /** It has asked for something, so its silence is no longer counted here. */
  void asked(HttpConnection connection) {
    Arrival arrival = open.get(End.of(connection));
    if (arrival != null) {
      vertx.cancelTimer(arrival.timer);
    }
  }

  /** Who asks there has shown what is good, and is no stranger. */
  public void welcome(HttpConnection connection) {
    Arrival arrival = open.get(End.of(connection));
    if (arrival != null) {
      arrival.known = true;
    }
  }
}
