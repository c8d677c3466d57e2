package io.doppelfleet.launcher;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.launcher.demo.Surroundings;
import io.doppelfleet.launcher.oddity.ListenProbe;
import io.doppelfleet.launcher.state.IdentityFile;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.launcher.state.StateException;
import io.doppelfleet.proxy.ProxyNode;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.proxy.ProxyOptions.Limits;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.link.Joining;
import io.doppelfleet.proxy.probe.SelfProbe;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of the demo's nodes. It ends like any other when the fleet drains or removes it. */
final class DemoNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DemoNode.class);

  private final Vertx vertx = DemoFleet.vertx();
  private final StateDirectory state;
  private final Leaving leaving = new Leaving();
  private final HostPort listen = ListenProbe.free("127.0.0.1");
  private @Nullable Following fleet;
  private @Nullable ProxyNode node;
  private boolean ended;

  private DemoNode(StateDirectory state) {
    this.state = state;
  }

  /**
   * Joins the fleet and serves.
   *
   * @param directory its state's
   * @throws StartException when it can't; then it has ended
   */
  static DemoNode start(Path directory, JoinToken token, Surroundings around)
      throws StateException, StartException {
    DemoNode node = new DemoNode(StateDirectory.open(directory));
    try {
      node.begin(token, around);
      return node;
    } catch (Exception e) { // await() throws checked ones too
      node.close();
      throw new StartException("a node of the demo can't start", e);
    }
  }

  private void begin(JoinToken token, Surroundings around) throws StateException, StartException {
    Clock clock = Clock.systemUTC();
    new IdentityFile(state.path()).write(Joining.join(vertx, token, new SecureRandom()).await());
    Following followed =
        FarFleet.start(vertx, state, null, clock, limits().clockTolerance(), leaving);
    fleet = followed;
    ProxyNode serving =
        ProxyNode.start(
                vertx,
                new ProxyOptions(
                        List.of(listen),
                        around.cover(),
                        around.datacenters(),
                        state.path(),
                        1,
                        Shaping.FULL,
                        limits(),
                        ProxyOptions.SCOUT_EVERY)
                    .withProbes(SelfProbe.EVERY),
                followed.state(),
                followed.hellos(),
                clock,
                new CompositeMeterRegistry())
            .await();
    node = serving;
    followed.serve(serving, listen, Surroundings.HOST);
    leaving
        .drain()
        .thenCompose(longest -> serving.leave(longest).toCompletionStage())
        .runAfterEither(leaving.removed(), this::endLater);
  }

  /** Nobody waits for clients when all of it ends. */
  private static Limits limits() {
    Limits usual = Limits.defaults();
    return new Limits(
        usual.connections(),
        usual.connectionsPerNetwork(),
        usual.idle(),
        usual.clockTolerance(),
        usual.dialTimeout(),
        Duration.ZERO,
        usual.waitingPerConnection(),
        usual.waitingInAll(),
        usual.replays(),
        usual.rate(),
        usual.silence());
  }

  /** Not on the loop, which has to end as well. */
  private void endLater() {
    Thread.ofPlatform().name("demo-node-end").start(this::close);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listen.host(), listen.port());
  }

  @Override
  public synchronized void close() {
    if (ended) {
      return;
    }
    ended = true;
    try {
      if (node != null) {
        node.drain().await();
      }
      if (fleet != null) {
        fleet.end();
      }
    } finally {
      vertx.close().await();
      try {
        state.close();
      } catch (StateException e) {
        LOG.warn("{}", e.getMessage());
      }
    }
  }
}
