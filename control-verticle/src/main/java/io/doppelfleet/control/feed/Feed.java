package io.doppelfleet.control.feed;

import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.StateDelta;
import io.doppelfleet.fleet.StateRequest;
import io.doppelfleet.fleet.StateSignature;
import io.doppelfleet.fleet.StateSnapshot;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells nodes of what is in the store: each new revision at once, as what has changed, and the
 * whole to who asks. Once a second, and at once where the store says that another control has
 * written, it looks at what that may be; and once a second it says which revision is the present
 * one, so that who missed a message finds out.
 */
public final class Feed {
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
  private static final long LOOK_MILLIS = 1_000;

  private final Vertx vertx;
  private final Context context;
  private final Store store;
  private final Sender sender;
  private final WorkerExecutor worker;
  private final MessageConsumer<Buffer> requests;
  private final long timer;
  private volatile Signed told;
  private volatile boolean trouble;
  private volatile Future<?> looking = Future.succeededFuture();
  private final AtomicBoolean due = new AtomicBoolean();

  /** What is written of the present state while it is asked for: many nodes ask at once. */
  private final Object writing = new Object();

  private @Nullable Written written;

  /** A state that nodes were told. */
  private record Signed(KnownState known, StateSignature signature) {}

  /** A state as a message, which takes as much time and memory as all it has. */
  private record Written(Signed of, Buffer text) {}

  private Feed(Vertx vertx, Store store, Sender sender, WorkerExecutor worker, KnownState present) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.store = store;
    this.sender = sender;
    this.worker = worker;
    this.told = signed(present);
    this.requests = vertx.eventBus().consumer(StateRequest.ADDRESS, this::asked);
    this.timer = vertx.setPeriodic(LOOK_MILLIS, tick -> lookAgain());
  }

  /**
   * Begins.
   *
   * @param sender of this control's messages
   * @param worker may be blocked by the store
   */
  public static Future<Feed> start(Vertx vertx, Store store, Sender sender, WorkerExecutor worker) {
    return worker
        .executeBlocking(store::present)
        .map(present -> new Feed(vertx, store, sender, worker, present));
  }

  /**
   * Publishes what is new in the store. Whoever has written calls it; blocks.
   *
   * @throws StoreException where the store is away; the next look sees to it then
   */
  public synchronized void look() throws StoreException {
    KnownState present = store.present();
    KnownState before = told.known();
    if (present.checksum().equals(before.checksum())) {
      return;
    }
    Signed next = signed(present);
    if (present.revision() > before.revision()) {
      publish(StateDelta.between(sender.next(), before, present, next.signature()));
    } else {
      // No delta leads there: nodes ask for the whole where the checksum isn't that of their own.
      LOG.warn(
          "the store has revision {} in place of the {} that nodes were told: it lost what was"
              + " written, or was restored",
          present.revision(),
          before.revision());
      publish(still(next));
    }
    told = next;
  }

  /** Whether the last look found the store there; else nodes go on with what they have. */
  public boolean isStoreThere() {
    return !trouble;
  }

  /** The state that nodes were told last. */
  public FleetState present() {
    return told.known().state();
  }

  private Signed signed(KnownState state) {
    return new Signed(state, store.authority().sign(state.checksum()));
  }

  private StateDelta still(Signed state) {
    return StateDelta.still(sender.next(), state.known(), state.signature());
  }

  private void lookAgain() {
    if (looking.isComplete()) { // else the store has been slow for more than a second
      looking = worker.executeBlocking(this::lookAndTell, false);
    }
  }

  /**
   * Looks at once, or after the look that is under way, which may have come too soon: a control has
   * written. From any thread.
   */
  public void lookSoon() {
    if (!due.getAndSet(true)) {
      context.runOnContext(go -> looking.onComplete(over -> lookOnceMore()));
    }
  }

  private void lookOnceMore() {
    due.set(false);
    looking =
        worker.executeBlocking(
            () -> {
              look(); // where it fails, the next one tells of it
              return null;
            },
            false);
  }

  private synchronized @Nullable Void lookAndTell() {
    try {
      look();
      if (trouble) {
        trouble = false;
        LOG.info("nodes are told again what is in the store: revision {}", told.known().revision());
      }
    } catch (StoreException | RuntimeException e) {
      if (!trouble) {
        trouble = true;
        LOG.warn("nodes go on with revision {}: {}", told.known().revision(), e.getMessage());
      }
    }
    publish(still(told));
    forget();
    return null;
  }

  private void publish(StateDelta delta) {
    vertx.eventBus().publish(StateDelta.ADDRESS, text(delta));
  }

  private void asked(Message<Buffer> message) {
    // Not on the store's workers: while it is slow, nodes start with what is known.
    vertx
        .executeBlocking(() -> answer(message), false)
        .onSuccess(message::reply)
        .onFailure(
            failure -> {
              LOG.warn("a node's question was left: {}", failure.getMessage());
              message.fail(0, failure.getMessage());
            });
  }

  private Buffer answer(Message<Buffer> question) {
    if (!(MessageJson.read(question.body().getBytes()) instanceof StateRequest)) {
      throw new InvalidValueException("message", "is no request, which belongs here");
    }
    synchronized (writing) { // who comes meanwhile waits, and is given the same
      Signed present = told;
      Written last = written;
      if (last != null && last.of().equals(present)) {
        return last.text();
      }
      Buffer text =
          text(new StateSnapshot(sender.next(), present.known().state(), present.signature()));
      written = new Written(present, text);
      return text;
    }
  }

  /** Nobody has asked for a while, or soon somebody will again. */
  private void forget() {
    synchronized (writing) {
      written = null;
    }
  }

  private static Buffer text(FleetMessage message) {
    return Buffer.buffer(MessageJson.write(message));
  }

  /** Says and answers no more; done when no look is under way. */
  public Future<Void> close() {
    vertx.cancelTimer(timer);
    return requests.unregister().eventually(() -> looking);
  }
}
