package io.doppelfleet.proxy.state;

import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.StateDelta;
import io.doppelfleet.fleet.StateRequest;
import io.doppelfleet.fleet.StateSignature;
import io.doppelfleet.fleet.StateSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.io.IOException;
import java.security.PublicKey;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the fleet's present state on a node: takes what controls publish, and asks for the whole at
 * the start, after a gap, and where a checksum differs. It never goes back to an earlier revision:
 * of a revision that it has in other words it takes those of the control, as a whole; an earlier
 * one it refuses, until the control has come as far, and what is not signed it never takes. What is
 * wrong is told once, and once that it is over. Messages are read and applied one after another on
 * a thread of their own, off the event loops.
 */
public final class StateFollower {
  private static final Logger LOG = LoggerFactory.getLogger(StateFollower.class);
  private static final long ANSWER_MILLIS = 5_000;

  private final Vertx vertx;
  private final Sender sender;
  private final PublicKey control;
  private final WorkerExecutor worker;
  private @Nullable MessageConsumer<Buffer> consumer;
  private @Nullable KnownState present;
  private @Nullable Consumer<KnownState> taker;
  private boolean asking;
  private @Nullable String trouble;
  private boolean closed;

  private StateFollower(
      Vertx vertx, Sender sender, PublicKey control, @Nullable KnownState present) {
    this.vertx = vertx;
    this.sender = sender;
    this.control = control;
    this.present = present;
    this.worker = vertx.createSharedWorkerExecutor("doppelfleet-state", 1);
  }

  /**
   * Begins. Fails with an {@link IOException} where no control answers within 5 s.
   *
   * @param sender of this node's messages
   * @param control the key by which the fleet's states are signed
   */
  public static Future<StateFollower> start(Vertx vertx, Sender sender, PublicKey control) {
    StateFollower follower = new StateFollower(vertx, sender, control, null).listening();
    return follower
        .ask()
        .recover(
            failure ->
                Future.failedFuture(new IOException("no control told the fleet's state", failure)))
        .map(follower)
        .onFailure(failure -> follower.close());
  }

  /**
   * Begins with a state of before, whether or not a control is there.
   *
   * @param sender of this node's messages
   * @param control the key by which the fleet's states are signed
   * @param last what it had; no earlier revision is taken
   */
  public static StateFollower resume(
      Vertx vertx, Sender sender, PublicKey control, KnownState last) {
    return new StateFollower(vertx, sender, control, last).listening();
  }

  private StateFollower listening() {
    consumer = vertx.eventBus().<Buffer>consumer(StateDelta.ADDRESS, this::published);
    return this;
  }

  /** The present state. */
  public synchronized KnownState present() {
    KnownState known = present;
    if (known == null) {
      throw new IllegalStateException("the follower has not started");
    }
    return known;
  }

  /**
   * From now on each new state goes there, the present one first, on this follower's thread.
   *
   * @return done when the present one was taken
   */
  public Future<Void> follow(Consumer<KnownState> next) {
    return worker.executeBlocking(
        () -> {
          KnownState known;
          synchronized (this) {
            taker = next;
            known = present();
          }
          next.accept(known);
          return null;
        });
  }

  private void published(Message<Buffer> message) {
    worker
        .executeBlocking(() -> take(message))
        .onSuccess(
            missing -> {
              if (Boolean.TRUE.equals(missing)) {
                askOnce();
              }
            })
        .onFailure(failure -> wrong("a control's message was left: " + failure.getMessage()));
  }

  /** Whether the present state has to be asked for. */
  private boolean take(Message<Buffer> published) {
    FleetMessage message = read(published);
    KnownState known;
    synchronized (this) {
      known = present;
    }
    if (message instanceof StateSnapshot snapshot) { // one that came after its time
      take(snapshot);
      return false;
    }
    if (!(message instanceof StateDelta delta) || known == null) {
      return false; // a kind for others, or the first snapshot is still under way
    }
    if (delta.revision() < known.revision()) {
      refused(delta.revision(), known);
      return false;
    }
    if (delta.revision() == known.revision() && delta.checksum().equals(known.checksum())) {
      right();
      return false;
    }
    try {
      Optional<KnownState> next = delta.on(known);
      next.ifPresent(state -> become(signed(state, delta.signature())));
      return next.isEmpty();
    } catch (InvalidValueException e) {
      return true; // what is here isn't what it was made for, or is signed by somebody else
    }
  }

  private KnownState signed(KnownState state, StateSignature signature) {
    if (!signature.isOf(state.checksum(), control)) {
      throw new InvalidValueException("signature", "is none of this fleet's");
    }
    return state;
  }

  /** Big ones take their time, so not on an event loop. */
  private static FleetMessage read(Message<Buffer> message) {
    return MessageJson.read(message.body().getBytes());
  }

  private void refused(long revision, KnownState known) {
    wrong(
        "a control has revision "
            + revision
            + " only, and this node goes on with "
            + known.revision()
            + " until the control has one that is no earlier");
  }

  /** A state that the taker didn't take isn't the present one: so it is asked for again. */
  private void become(KnownState next) {
    Consumer<KnownState> told;
    synchronized (this) {
      told = taker;
    }
    if (told != null) {
      told.accept(next);
    }
    synchronized (this) {
      present = next;
    }
    right();
  }

  private void wrong(String what) {
    synchronized (this) {
      if (closed || what.equals(trouble)) {
        return;
      }
      trouble = what;
    }
    LOG.warn("{}", what);
  }

  private void right() {
    long revision;
    synchronized (this) {
      if (trouble == null) {
        return;
      }
      trouble = null;
      revision = present().revision();
    }
    LOG.info("the control and this node agree again, on revision {}", revision);
  }

  /** One question at a time: deltas that come meanwhile are for a state that isn't here either. */
  private void askOnce() {
    synchronized (this) {
      if (asking) {
        return;
      }
      asking = true;
    }
    ask()
        .onComplete(
            answered -> {
              synchronized (this) {
                asking = false;
              }
              if (answered.failed()) {
                // The next message of a control shows again what is missing.
                wrong("no control told the fleet's state: " + answered.cause().getMessage());
              }
            });
  }

  private Future<Void> ask() {
    long revision;
    synchronized (this) {
      revision = present == null ? 0 : present.revision();
    }
    byte[] request = MessageJson.write(new StateRequest(sender.next(), revision));
    return vertx
        .eventBus()
        .<Buffer>request(
            StateRequest.ADDRESS,
            Buffer.buffer(request),
            new DeliveryOptions().setSendTimeout(ANSWER_MILLIS))
        .compose(
            answer ->
                worker.executeBlocking(
                    () -> {
                      snapshot(answer);
                      return null;
                    }));
  }

  private void snapshot(Message<Buffer> answer) {
    if (!(read(answer) instanceof StateSnapshot snapshot)) {
      throw new InvalidValueException("message", "is no snapshot, which was asked for");
    }
    take(snapshot);
  }

  private void take(StateSnapshot snapshot) {
    KnownState next = signed(KnownState.of(snapshot.state()), snapshot.signature());
    KnownState known;
    synchronized (this) {
      known = present;
    }
    if (known == null || next.revision() >= known.revision()) {
      become(next);
    } else {
      refused(next.revision(), known);
    }
  }

  /** Takes nothing more. */
  public Future<Void> close() {
    synchronized (this) {
      closed = true;
    }
    MessageConsumer<Buffer> listening = consumer;
    return (listening == null ? Future.<Void>succeededFuture() : listening.unregister())
        .transform(ended -> worker.close());
  }
}
