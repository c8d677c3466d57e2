package io.doppelfleet.launcher;

import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.launcher.config.Cluster;
import io.doppelfleet.launcher.state.IdentityFile;
import io.doppelfleet.launcher.state.LastState;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.launcher.state.StateException;
import io.doppelfleet.proxy.cluster.Carrier;
import io.doppelfleet.proxy.link.ControlLink;
import io.doppelfleet.proxy.link.NodeIdentity;
import io.doppelfleet.proxy.replay.HelloExchange;
import io.doppelfleet.proxy.state.StateFollower;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A control elsewhere, and what this node keeps of it. Only a node that joined a fleet meets this
 * class and what it loads.
 */
final class FarFleet implements ControlLink.Events {
  private static final Logger LOG = LoggerFactory.getLogger(FarFleet.class);

  /** So long a node that has no state of before waits for its first one. */
  private static final long FIRST_SECONDS = 20;

  /** And so long for its cluster: a member that is frozen keeps others from joining for minutes. */
  private static final long JOINING_SECONDS = 10;

  private final WorkerExecutor worker;
  private final IdentityFile file;
  private final LastState last;
  private final Leaving leaving;
  private final @Nullable Carrier carrier;

  private FarFleet(
      Vertx vertx, IdentityFile file, LastState last, Leaving leaving, @Nullable Carrier carrier) {
    this.worker = vertx.createSharedWorkerExecutor("doppelfleet-identity", 1);
    this.file = file;
    this.last = last;
    this.leaving = leaving;
    this.carrier = carrier;
  }

  /**
   * Opens the link, which ends with Vert.x. With a state of before it waits for no control, and for
   * no cluster.
   *
   * @param cluster that the link goes over if it can; null: none
   * @param tolerance how far a hello's time may be off, either way
   * @param leaving is told what the control says of this node's end
   * @throws StateException when this machine hasn't joined a fleet
   * @throws StartException when this machine can't be in the cluster, or there is neither a state
   *     of before nor a control
   */
  static Following start(
      Vertx vertx,
      StateDirectory state,
      @Nullable Cluster cluster,
      Clock clock,
      Duration tolerance,
      Leaving leaving)
      throws StateException, StartException {
    SecureRandom random = new SecureRandom();
    IdentityFile file = new IdentityFile(state.path());
    NodeIdentity identity = file.read();
    LastState last = new LastState(state.path(), identity.seal().bytes(), random);
    Carrier carrier = cluster == null ? null : deployed(vertx, state, cluster, identity, random);
    FarFleet fleet = new FarFleet(vertx, file, last, leaving, carrier);
    KnownState before = fleet.before();
    if (before == null && carrier != null) {
      awaitJoined(carrier);
    }
    // Greater epochs come from the control.
    Sender sender = new Sender(identity.sender(), Instant.EPOCH);
    try {
      PublicKey states = identity.statesKey();
      ControlLink link =
          ControlLink.start(
              vertx,
              identity,
              sender,
              fleet,
              clock,
              random,
              carrier == null ? null : carrier.carried());
      StateFollower follower =
          before == null
              ? first(vertx, link, sender, states)
              : StateFollower.resume(vertx, sender, states, before);
      HelloExchange hellos = Following.hellos(vertx, sender, tolerance);
      Following.awaitAll(link.tried().compose(open -> hellos.complete()));
      return new Following(
          vertx, sender, follower, hellos, state.path(), new LastStateFile(vertx, last), link);
    } catch (InvalidValueException e) {
      throw new StartException("this node's identity is spoilt, join anew", e);
    }
  }

  /** From now on it joins. */
  private static Carrier deployed(
      Vertx vertx,
      StateDirectory state,
      Cluster cluster,
      NodeIdentity identity,
      SecureRandom random)
      throws StartException {
    Carrier carrier =
        new Carrier(cluster.options(), identity, state.path().resolve("cluster.sock"), random);
    try {
      vertx.deployVerticle(carrier).await();
      return carrier;
    } catch (Exception e) { // await() throws checked ones too
      throw new StartException("this node can't be in its cluster", e);
    }
  }

  private static void awaitJoined(Carrier carrier) {
    try {
      carrier.tried().timeout(JOINING_SECONDS, TimeUnit.SECONDS).await();
    } catch (Exception e) { // await() throws checked ones too
      if (e instanceof TimeoutException) { // it has said all others
        LOG.warn("this node's cluster doesn't answer yet: it goes to the control's address");
      }
    }
  }

  private @Nullable KnownState before() {
    try {
      return last.read();
    } catch (StateException e) {
      LOG.warn("{}; the control is asked for the state", e.getMessage());
      return null;
    }
  }

  private static StateFollower first(Vertx vertx, ControlLink link, Sender sender, PublicKey states)
      throws StartException {
    try {
      link.opened().timeout(FIRST_SECONDS, TimeUnit.SECONDS).await();
      return StateFollower.start(vertx, sender, states).await();
    } catch (Exception e) { // await() throws checked ones too
      throw new StartException("this node has no state of before, and its control gives none", e);
    }
  }

  @Override
  public void renewed(NodeIdentity identity) {
    if (carrier != null) {
      carrier
          .become(identity)
          .onFailure(failure -> LOG.warn("the bus keeps the old one: {}", failure.getMessage()));
    }
    worker
        .executeBlocking(
            () -> {
              file.write(identity);
              return null;
            })
        .onFailure(failure -> LOG.warn("{}", failure.getMessage()));
  }

  @Override
  public void drain(Duration longest) {
    leaving.drain().complete(longest);
  }

  /** Whoever has this machine later finds no secret of the fleet. */
  @Override
  public void removed(String why) {
    worker
        .executeBlocking(
            () -> {
              last.forget();
              return null;
            })
        .onFailure(failure -> LOG.warn("{}", failure.getMessage()))
        .onComplete(forgotten -> leaving.removed().complete(why));
  }
}
