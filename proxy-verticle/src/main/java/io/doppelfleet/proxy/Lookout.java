package io.doppelfleet.proxy;

import io.doppelfleet.proxy.datacenter.Probes;
import io.doppelfleet.proxy.dial.Dialler;
import io.doppelfleet.proxy.dial.Outbound;
import io.doppelfleet.proxy.dial.Ways;
import io.doppelfleet.proxy.published.ListUpdater;
import io.doppelfleet.proxy.published.TelegramKey;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** What a node asks data centres on its own, where it is to: on its first event loop. */
final class Lookout {
  private final @Nullable Probes probes;
  private final @Nullable ListUpdater updater;

  private Lookout(@Nullable Probes probes, @Nullable ListUpdater updater) {
    this.probes = probes;
    this.updater = updater;
  }

  /** Begins. On the loop. */
  static Lookout begin(Vertx vertx, Shared shared, EventLoop loop, Dialler dialler, Ways ways) {
    Outbound outbound = shared.options().outbound();
    Probes probes = null;
    ListUpdater updater = null;
    if (!outbound.probeEvery().isZero()) {
      probes = new Probes(shared.datacenters(), dialler, ways, loop, outbound.probeEvery());
      probes.begin();
      shared.meters().probes(shared.datacenters());
    }
    if (!outbound.listEvery().isZero()) {
      updater =
          new ListUpdater(
              vertx,
              loop,
              dialler,
              ways,
              shared.datacenters(),
              TelegramKey.TELEGRAM,
              outbound.listEvery(),
              shared.options().stateDirectory(),
              shared.clock());
      updater.begin();
    }
    return new Lookout(probes, updater);
  }

  /** Asks no more. On the loop. */
  void end() {
    if (probes != null) {
      probes.end();
    }
    if (updater != null) {
      updater.end();
    }
  }
}
