package io.doppelfleet.proxy.state;

import io.doppelfleet.fleet.EpochGrant;
import io.doppelfleet.fleet.EpochRequest;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.TrafficReceipt;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.proxy.relay.Counts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells controls what has passed here, every {@value #EVERY_MILLIS} ms, if anything has. A count is
 * told again and again until a control has confirmed it, so while none answers nothing is lost.
 */
public final class TrafficReporter {
  /** With the time that a store takes, 5 s from a byte to the store. */
  private static final long EVERY_MILLIS = 4_000;

  private static final long ANSWER_MILLIS = 10_000;

  /** So many reports have all that a node may have to tell at its end. */
  private static final int MOST_LAST = 3;

  /** So long each of them waits for controls that don't answer. */
  private static final long END_MILLIS = 3_000;

  private static final Logger LOG = LoggerFactory.getLogger(TrafficReporter.class);

  private final Vertx vertx;
  private final Sender asker;
  private final Counts counts;
  private final long timer;
  private final Unconfirmed unconfirmed;
  private final Untold untold;
  private final AtomicBoolean needed = new AtomicBoolean();

  /** With the epoch that a control gave, null where none has yet. */
  private @Nullable Sender sender;

  private Future<Void> round;
  private boolean trouble;

  /** Where is kept what no control has confirmed, for the node's next start. */
  public interface Keeper {
    /** What was kept last; empty: nothing. Blocks. */
    List<TrafficReport> read() throws IOException;

    /** Keeps these in place of what was kept; empty: nothing. Blocks. */
    void write(List<TrafficReport> reports) throws IOException;
  }

  /**
   * Begins.
   *
   * @param asker of this node's messages, until it has an epoch for these
   * @param keeper has what earlier starts left, which is told first
   */
  public TrafficReporter(Vertx vertx, Sender asker, Counts counts, Keeper keeper) {
    this.vertx = vertx;
    this.asker = asker;
    this.counts = counts;
    this.unconfirmed = new Unconfirmed(counts);
    this.untold = new Untold(keeper);
    this.round = blocking(() -> untold.begin(asker.name()));
    this.timer = vertx.setPeriodic(EVERY_MILLIS, tick -> report(ANSWER_MILLIS));
    counts.onNeed(this::needed);
    needed();
  }

  private void needed(boolean more) {
    if (more) {
      needed();
    }
  }

  /** At once, or after the report that is under way. */
  private void needed() {
    if (!needed.getAndSet(true)) {
      vertx.runOnContext(
          soon ->
              underWay()
                  .onComplete(
                      over -> {
                        needed.set(false);
                        report(ANSWER_MILLIS);
                      }));
    }
  }

  private synchronized Future<Void> underWay() {
    return round;
  }

  /** Reports, unless that is under way. */
  private synchronized Future<Void> report(long patience) {
    if (round.isComplete()) {
      Sender known = sender;
      round =
          earlier(patience)
              .compose(told -> known == null ? begin(patience) : Future.succeededFuture(known))
              .compose(from -> report(from, patience))
              .transform(
                  done ->
                      blocking(() -> keep(done.failed()))
                          .compose(
                              kept ->
                                  done.succeeded()
                                      ? Future.<Void>succeededFuture()
                                      : Future.failedFuture(done.cause())))
              .onComplete(done -> tell(done.cause()));
    }
    return round;
  }

  /** What this node's earlier starts have left, one report after another. */
  private Future<Void> earlier(long patience) {
    TrafficReport first = untold.first();
    if (first == null) {
      return Future.succeededFuture();
    }
    Future<Void> next =
        first.stamp().epoch() == Untold.NO_EPOCH
            ? ask(patience).compose(epoch -> blocking(() -> untold.granted(epoch)))
            : answer(first, patience).compose(receipt -> blocking(() -> earlierTold(receipt)));
    return next.compose(over -> earlier(patience));
  }

  private void earlierTold(TrafficReceipt receipt) {
    if (!receipt.taken()) {
      LOG.warn("what passed before this start is too old for the control, or unknown to it");
    }
    untold.told();
  }

  private Future<Sender> begin(long patience) {
    return ask(patience)
        .compose(
            epoch -> {
              Sender granted = new Sender(asker.name(), epoch);
              return blocking(() -> untold.began(granted.next(), unconfirmed.untold()))
                  .map(
                      kept -> {
                        become(granted);
                        return granted;
                      });
            });
  }

  /** No event loop waits for the disk: it is written to without this object's monitor. */
  private void keep(boolean failed) {
    Sender known = known();
    Stamp stamp = known == null ? new Stamp(asker.name(), Untold.NO_EPOCH, 1) : known.next();
    untold.keep(stamp, failed ? unconfirmed.untold() : List.of());
  }

  private synchronized @Nullable Sender known() {
    return sender;
  }

  private Future<Long> ask(long patience) {
    return answer(EpochRequest.ADDRESS, new EpochRequest(asker.next()), patience)
        .map(
            answer -> {
              if (!(answer instanceof EpochGrant grant)) {
                throw new InvalidValueException("message", "is no epoch-grant: that was asked for");
              }
              return grant.granted();
            });
  }

  private synchronized void become(@Nullable Sender next) {
    sender = next;
  }

  private Future<Void> report(Sender from, long patience) {
    return vertx
        .executeBlocking(
            unconfirmed::next, false) // of thousands it takes its time, as its text does
        .map(Objects::requireNonNull)
        .compose(
            draft ->
                draft.counts().isEmpty()
                    ? Future.succeededFuture()
                    : send(
                            new TrafficReport(from.next(), draft.counts(), draft.budgets()),
                            patience)
                        .onSuccess(told -> needed(draft.more())));
  }

  private Future<Void> send(TrafficReport report, long patience) {
    return answer(report, patience).compose(receipt -> blocking(() -> confirmed(receipt)));
  }

  private Future<TrafficReceipt> answer(TrafficReport report, long patience) {
    return answer(TrafficReport.ADDRESS, report, patience)
        .map(
            answer -> {
              if (!(answer instanceof TrafficReceipt receipt)
                  || receipt.of() != report.stamp().sequence()) {
                throw new InvalidValueException("message", "is not the receipt of the report");
              }
              return receipt;
            });
  }

  private interface Blocking {
    void run() throws IOException;
  }

  private Future<Void> blocking(Blocking work) {
    return vertx
        .executeBlocking(
            () -> {
              work.run();
              return work;
            },
            false)
        .mapEmpty();
  }

  private void confirmed(TrafficReceipt receipt) {
    if (receipt.taken()) {
      unconfirmed.confirmed(receipt.grants());
    } else {
      LOG.warn("the control doesn't know this node's epoch, so another one is asked for");
      unconfirmed.startAnew();
      become(null);
    }
  }

  private Future<FleetMessage> answer(String address, FleetMessage question, long patience) {
    return vertx
        .executeBlocking(() -> Buffer.buffer(MessageJson.write(question)), false)
        .compose(
            bytes ->
                vertx
                    .eventBus()
                    .<Buffer>request(
                        address, bytes, new DeliveryOptions().setSendTimeout(patience)))
        .map(answer -> MessageJson.read(answer.body().getBytes()));
  }

  /** Once, and once that it is over. */
  private synchronized void tell(@Nullable Throwable failure) {
    if (failure != null && !trouble) {
      trouble = true;
      LOG.warn("what passed here is counted, and told later: {}", failure.getMessage());
    } else if (failure == null && trouble) {
      trouble = false;
      LOG.info("what passed here is told again");
    }
  }

  /**
   * Reports what there is yet, and that nothing is held any more; then no more. Nothing may pass
   * any more.
   *
   * @return done, well or not, when it is told, or no control has answered for a while
   */
  public Future<Void> end() {
    vertx.cancelTimer(timer);
    counts.onNeed(() -> {});
    Future<Void> last = underWay().onComplete(granted -> counts.giveBack());
    for (int i = 0; i < MOST_LAST; i++) {
      last = last.transform(over -> report(END_MILLIS));
    }
    return last.transform(over -> Future.succeededFuture());
  }
}
