package io.doppelfleet.control.node;

import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.EpochGrant;
import io.doppelfleet.fleet.EpochRequest;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.TrafficReceipt;
import io.doppelfleet.fleet.TrafficReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into the store what nodes say has passed through them, one report after another, and keeps
 * it there for as long as is wanted. A report that can't be written gets no answer, and comes again
 * with what has passed since.
 */
public final class Ledger {
  /** Bytes of reports that wait for the store; the longest has 3.5 MB, and a node sends one. */
  private static final int MOST_WAITING = 32 << 20;

  /** Of each beside its text, bytes: more than its objects are. */
  private static final int OVERHEAD = 1024;

  private static final long TIDY_MILLIS = 3_600_000;

  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  private final Vertx vertx;
  private final Store store;
  private final Sender sender;
  private final Retention retention;
  private final WorkerExecutor worker;
  private final AtomicInteger waiting = new AtomicInteger();
  private final MessageConsumer<Buffer> reports;
  private final MessageConsumer<Buffer> requests;
  private final long timer;
  private volatile boolean trouble;

  /**
   * How long is kept what passed.
   *
   * @param hours by the hour
   * @param days by the day
   */
  public record Retention(Duration hours, Duration days) {}

  /**
   * Listens from now on.
   *
   * @param sender of this control's messages
   */
  public Ledger(Vertx vertx, Store store, Sender sender, Retention retention) {
    this.vertx = vertx;
    this.store = store;
    this.sender = sender;
    this.retention = retention;
    // Its one thread keeps the order. What Vert.x orders waits for all that is ordered on this
    // context: links would, which read nothing meanwhile and end.
    this.worker = vertx.createSharedWorkerExecutor("doppelfleet-ledger", 1);
    this.reports =
        vertx
            .eventBus()
            .consumer(TrafficReport.ADDRESS, message -> answer(message, this::reported));
    this.requests =
        vertx.eventBus().consumer(EpochRequest.ADDRESS, message -> answer(message, this::asked));
    this.timer = vertx.setPeriodic(TIDY_MILLIS, TIDY_MILLIS, tick -> tidy());
  }

  private interface Answer {
    FleetMessage to(FleetMessage message) throws StoreException;
  }

  private void answer(Message<Buffer> message, Answer answer) {
    int length = message.body().length() + OVERHEAD;
    if (waiting.addAndGet(length) > MOST_WAITING) {
      waiting.addAndGet(-length);
      message.fail(0, "too many reports wait for the store");
      return;
    }
    worker
        .executeBlocking(
            () ->
                Buffer.buffer(
                    MessageJson.write(answer.to(MessageJson.read(message.body().getBytes())))),
            false)
        .onComplete(
            done -> {
              waiting.addAndGet(-length);
              tell(done.cause());
              if (done.succeeded()) {
                message.reply(done.result());
              } else {
                message.fail(0, String.valueOf(done.cause().getMessage()));
              }
            });
  }

  private FleetMessage reported(FleetMessage message) throws StoreException {
    if (!(message instanceof TrafficReport report)) {
      throw new InvalidValueException("message", "is no traffic, which belongs here");
    }
    Optional<List<TrafficReceipt.Grant>> grants =
        store.traffic().add(report, report.budgets().isEmpty() ? Map.of() : limits());
    if (grants.isEmpty()) {
      LOG.warn(
          "node {} reports what passed in an epoch that is over, and is to begin another: {}",
          report.stamp().sender(),
          report.stamp().epoch());
    }
    return new TrafficReceipt(
        sender.next(), report.stamp().sequence(), grants.isPresent(), grants.orElse(List.of()));
  }

  /** Those of bytes, by secret. */
  private Map<String, Map<Limits.Period, Long>> limits() throws StoreException {
    FleetState state = store.latest();
    Map<String, Map<Limits.Period, Long>> limits = new HashMap<>();
    for (FleetSecret secret : state.secrets()) {
      limits.put(secret.name(), state.limits(secret).bytes());
    }
    return limits;
  }

  private FleetMessage asked(FleetMessage message) throws StoreException {
    if (!(message instanceof EpochRequest request)) {
      throw new InvalidValueException("message", "is no epoch-request, which belongs here");
    }
    return new EpochGrant(sender.next(), store.traffic().newEpoch(request.stamp().sender()));
  }

  /** Of a store that is away once, and once that it is there again. */
  private void tell(@Nullable Throwable failure) {
    if (failure instanceof InvalidValueException) {
      LOG.warn("a node's report was left: {}", failure.getMessage());
      return;
    }
    boolean before = trouble;
    trouble = failure != null;
    if (failure != null && !before) {
      LOG.warn("what nodes have moved is written later: {}", failure.getMessage());
    } else if (failure == null && before) {
      LOG.info("what nodes have moved is written again");
    }
  }

  private void tidy() {
    worker
        .executeBlocking(
            () -> {
              store
                  .traffic()
                  .tidy(
                      store.latest().secrets().stream()
                          .map(FleetSecret::name)
                          .collect(Collectors.toSet()),
                      retention.hours,
                      retention.days);
              store.repeats().tidy();
              return null;
            },
            false)
        .onFailure(failure -> LOG.warn("{}", failure.getMessage()));
  }

  /** Listens no more; done when what came is written. */
  public Future<Void> close() {
    vertx.cancelTimer(timer);
    return Future.join(reports.unregister(), requests.unregister())
        .transform(silent -> worker.executeBlocking(() -> null, false)) // behind what waits
        .transform(written -> worker.close());
  }
}
