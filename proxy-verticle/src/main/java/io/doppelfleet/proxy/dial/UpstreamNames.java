package io.doppelfleet.proxy.dial;

import io.doppelfleet.proxy.dns.Lookup;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Resolves the names of upstreams at the start, and again and again; what was found last stays
 * until then. Nothing is resolved where all have addresses.
 */
public final class UpstreamNames {
  private final List<Lookup> lookups;

  /** Of these. */
  public UpstreamNames(Vertx vertx, Upstreams upstreams) {
    this.lookups =
        upstreams.all().stream()
            .filter(each -> each.upstream().address().isUnresolved())
            .map(each -> new Lookup(vertx, () -> resolve(each)))
            .toList();
  }

  /** Begins; done when each was looked for once. Never fails. */
  public Future<Void> follow() {
    return Future.join(lookups.stream().map(Lookup::begin).toList())
        .transform(done -> Future.succeededFuture());
  }

  /** Resolves no more. */
  public void forget() {
    lookups.forEach(Lookup::end);
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
