package io.doppelfleet.fleet.cluster;

import io.doppelfleet.fleet.link.Tls;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.TrustOptions;
import java.lang.reflect.Field;
import java.security.GeneralSecurityException;

/**
 * The two ends that a bus has towards others. Vert.x makes them of options in JSON, in which no
 * judge of certificates fits and which hold until the end, and doesn't show them, though both can
 * be given other options while they run. Until then they believe nobody.
 */
final class BusSockets {
  private final NetClient client;
  private final NetServer server;

  private BusSockets(NetClient client, NetServer server) {
    this.client = client;
    this.server = server;
  }

  /** Those of a clustered bus. */
  static BusSockets of(EventBus bus) {
    return new BusSockets(
        field(bus, "client", NetClient.class), field(bus, "server", NetServer.class));
  }

  private static <T> T field(EventBus bus, String name, Class<T> type) {
    try {
      Field field = bus.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return type.cast(field.get(bus));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Vert.x has another clustered event bus", e);
    }
  }

  /** New connections are made and taken as this one; no earlier session is resumed. */
  Future<Void> become(BusIdentity identity) {
    TrustOptions trust;
    try {
      trust = TrustOptions.wrap(new FleetTrust(identity.authority(), identity.others()));
    } catch (GeneralSecurityException e) {
      return Future.failedFuture(e);
    }
    return Future.all(
            client.updateSSLOptions(Tls.toMember(identity.key(), identity.chain(), trust), true),
            server.updateSSLOptions(Tls.member(identity.key(), identity.chain(), trust), true))
        .mapEmpty();
  }
}
