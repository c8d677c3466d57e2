package io.doppelfleet.control.http;

import io.doppelfleet.control.access.Network;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that are open: so many in all and so many of one network, and each is to ask for
 * something soon. With TLS the server tells of one when its handshake is done, which has a time of
 * its own. All of it is on one event loop.
 */
final class Arrivals {
  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

  static final int MOST = 512;
  static final int MOST_OF_ONE_NETWORK = 32;

  private final Vertx vertx;
  private final long silentMillis;
  private final Map<String, Integer> byNetwork = new HashMap<>();

  /** Timers that end those that have asked for nothing yet. */
  private final Map<HttpConnection, Long> silent = new HashMap<>();

  private int all;

  /** Where a connection may be silent for so long at first. */
  Arrivals(Vertx vertx, long silentMillis) {
    this.vertx = vertx;
    this.silentMillis = silentMillis;
  }

  /** Counts one; or ends it, where there are too many. */
  void arrived(HttpConnection connection) {
    String network = Network.of(String.valueOf(connection.remoteAddress().hostAddress()));
    if (all >= MOST || byNetwork.getOrDefault(network, 0) >= MOST_OF_ONE_NETWORK) {
      LOG.debug("too many connections to the API: one more of {} is refused", network);
      connection.close();
      return;
    }
    all++;
    byNetwork.merge(network, 1, Integer::sum);
    silent.put(connection, vertx.setTimer(silentMillis, late -> connection.close()));
    connection.closeHandler(
        closed -> {
          asked(connection);
          left(network);
        });
  }

  private void left(String network) {
    all--;
    int others = byNetwork.getOrDefault(network, 1) - 1;
    if (others == 0) {
      byNetwork.remove(network);
    } else {
      byNetwork.put(network, others);
    }
  }

  /** It has asked for something, so its silence is no longer counted here. */
  void asked(HttpConnection connection) {
    Long timer = silent.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }
}
