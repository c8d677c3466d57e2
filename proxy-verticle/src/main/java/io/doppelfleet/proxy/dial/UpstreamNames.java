package io.doppelfleet.proxy.dial;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Resolves the names of upstreams at the start, and again each minute; what was found last stays
 * until then. Nothing is resolved where all have addresses.
 */
public final class UpstreamNames {
  private static final long EVERY_MILLIS = 60_000;

  private final Vertx vertx;
  private final List<Upstreams.Health> named;
  private long timer = -1;

  /** Of these. */
  public UpstreamNames(Vertx vertx, Upstreams upstreams) {
    this.vertx = vertx;
    this.named =
        upstreams.all().stream().filter(each -> each.upstream().address().isUnresolved()).toList();
  }

  /** Begins; done when each was looked for once. Never fails. */
  public Future<Void> follow() {
    if (named.isEmpty()) {
      return Future.succeededFuture();
    }
    timer = vertx.setPeriodic(EVERY_MILLIS, tick -> resolve());
    return resolve();
  }

  /** Resolves no more. */
  public void forget() {
    vertx.cancelTimer(timer);
  }

  private Future<Void> resolve() {
    List<Future<Void>> all =
        named.stream()
            .map(
                each ->
                    vertx.<Void>executeBlocking(
                        () -> {
                          resolve(each);
                          return null;
                        },
                        false))
            .toList();
    return Future.join(all).transform(done -> Future.succeededFuture());
  }

  /** Where it has no address now, dials of it fail, and that is told as their failure. */
  private static void resolve(Upstreams.Health upstream) throws UnknownHostException {
    InetSocketAddress said = upstream.upstream().address();
    upstream.found(
        Arrays.stream(InetAddress.getAllByName(said.getHostString()))
            .map(address -> new InetSocketAddress(address, said.getPort()))
            .toList());
  }
}
