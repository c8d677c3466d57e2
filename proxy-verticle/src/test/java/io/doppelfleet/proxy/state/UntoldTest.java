package io.doppelfleet.proxy.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.EpochGrant;
import io.doppelfleet.fleet.EpochRequest;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.TrafficReceipt;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.proxy.relay.Counts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node passes while no control is there is told in the end, once, over restarts too. */
@Timeout(60)
class UntoldTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String NODE = "node-1";

  private final Vertx vertx = Vertx.vertx();
  private final Control control = new Control();
  private volatile List<TrafficReport> kept = List.of();
  private final TrafficReporter.Keeper file =
      new TrafficReporter.Keeper() {
        @Override
        public List<TrafficReport> read() {
          return kept;
        }

        @Override
        public void write(List<TrafficReport> reports) throws IOException {
          if (full) {
            throw new IOException("the disk is full");
          }
          kept = reports;
        }
      };

  private volatile boolean full;
  private Moving counts = new Moving();

  @AfterEach
  void end() throws Exception {
    get(vertx.close());
  }

  /** One start of the node. */
  private TrafficReporter start() {
    counts = new Moving();
    return new TrafficReporter(vertx, new Sender(NODE, Instant.EPOCH), counts, file);
  }

  private void stop(TrafficReporter reporter) throws Exception {
    get(reporter.end());
  }

  /** What a node has moved; its need is one that tests have. */
  private static final class Moving implements Counts {
    private final Map<String, AtomicLong> moved = new ConcurrentHashMap<>();
    private volatile Runnable need = () -> {};

    void pass(String secret, long bytes) {
      moved.computeIfAbsent(secret, first -> new AtomicLong()).addAndGet(bytes);
    }

    @Override
    public List<TrafficReport.Count> now() {
      return moved.entrySet().stream()
          .map(each -> new TrafficReport.Count(each.getKey(), 1, each.getValue().get(), 1, 1, 1))
          .toList();
    }

    @Override
    public List<TrafficReport.Budget> budgets(List<TrafficReport.Count> of) {
      return List.of();
    }

    @Override
    public void granted(TrafficReport.Count at, long bytes) {}

    @Override
    public void giveBack() {}

    @Override
    public void onNeed(Runnable told) {
      need = told;
    }

    @Override
    public void kept(Collection<TrafficReport.Count> of) {}
  }

  /** One that may be away, and takes the greatest of what it is told of a counter. */
  private final class Control {
    private final Sender sender = new Sender("control", Instant.EPOCH);
    private final List<MessageConsumer<Buffer>> listening = new ArrayList<>();
    private final Map<String, Long> greatest = new TreeMap<>();
    private final List<Stamp> heard = new CopyOnWriteArrayList<>();
    private volatile boolean deaf;
    private long epoch;

    void come() {
      listening.add(vertx.eventBus().consumer(EpochRequest.ADDRESS, this::asked));
      listening.add(vertx.eventBus().consumer(TrafficReport.ADDRESS, this::reported));
    }

    void go() throws Exception {
      for (MessageConsumer<Buffer> each : listening) {
        get(each.unregister());
      }
      listening.clear();
    }

    private synchronized void asked(Message<Buffer> message) {
      reply(message, new EpochGrant(sender.next(), ++epoch));
    }

    private synchronized void reported(Message<Buffer> message) {
      TrafficReport report = (TrafficReport) MessageJson.read(message.body().getBytes());
      if (deaf) {
        message.fail(0, "the store is away");
        return;
      }
      heard.add(report.stamp());
      boolean known = report.stamp().epoch() >= 1 && report.stamp().epoch() <= epoch;
      if (known) {
        for (TrafficReport.Count count : report.counts()) {
          greatest.merge(
              count.secret() + " " + report.stamp().epoch() + " " + count.counter(),
              count.up(),
              Math::max);
        }
      }
      reply(
          message, new TrafficReceipt(sender.next(), report.stamp().sequence(), known, List.of()));
    }

    private void reply(Message<Buffer> message, FleetMessage answer) {
      message.reply(Buffer.buffer(MessageJson.write(answer)));
    }

    synchronized long total(String secret) {
      return greatest.entrySet().stream()
          .filter(each -> each.getKey().startsWith(secret + " "))
          .mapToLong(Map.Entry::getValue)
          .sum();
    }
  }

  private void awaitTotal(String secret, long bytes) {
    await().atMost(SOON).untilAsserted(() -> assertThat(control.total(secret)).isEqualTo(bytes));
  }

  private void awaitKept(long bytes) {
    await()
        .atMost(SOON)
        .until(
            () ->
                kept.stream()
                        .flatMap(report -> report.counts().stream())
                        .mapToLong(TrafficReport.Count::up)
                        .sum()
                    == bytes);
  }

  @Test
  void startsThatNeverMetAControlAreToldByTheFirstThatDoes() throws Exception {
    for (int bytes : new int[] {10, 5}) {
      TrafficReporter away = start();
      counts.pass("alice", bytes);
      counts.pass("bob", 1);
      stop(away);
    }
    assertThat(kept).extracting(report -> report.stamp().epoch()).containsOnly(Untold.NO_EPOCH);
    control.come();
    TrafficReporter last = start();
    counts.pass("alice", 100);
    awaitTotal("alice", 115);
    awaitTotal("bob", 2);
    await().atMost(SOON).until(() -> kept.isEmpty());
    stop(last);
    assertThat(control.total("alice")).isEqualTo(115);
  }

  @Test
  void whatPassedAfterTheControlWentIsToldInTheEpochItHadGivenAndTwiceAddsNothing()
      throws Exception {
    control.come();
    TrafficReporter first = start();
    counts.pass("alice", 10);
    counts.need.run();
    awaitTotal("alice", 10);
    control.go();
    counts.pass("alice", 7);
    stop(first);
    List<TrafficReport> left = kept;
    assertThat(left).hasSize(1);
    control.come();
    stop(start());
    awaitTotal("alice", 17);
    assertThat(kept).isEmpty();
    kept = left; // it was killed before it could take the file away
    stop(start());
    assertThat(control.total("alice")).isEqualTo(17);
    assertThat(control.heard.getLast()).isEqualTo(left.getFirst().stamp());
  }

  @Test
  void ofOneThatIsKilledWhileTheControlIsAwayWhatWasKeptIsTold() throws Exception {
    TrafficReporter killed = start();
    counts.pass("alice", 10);
    counts.need.run();
    awaitKept(10);
    counts.pass("alice", 7);
    counts.need.run();
    awaitKept(17);
    // Nothing more is heard of it: its reports would go to a control that comes.
    List<TrafficReport> left = kept;
    stop(killed);
    kept = left;
    control.come();
    TrafficReporter next = start();
    awaitTotal("alice", 17);
    stop(next);
  }

  @Test
  void anEpochIsKeptBeforeItIsUsedSoThatWhoIsKilledBetweenIsNotCountedTwice() throws Exception {
    TrafficReporter away = start();
    counts.pass("alice", 10);
    stop(away);
    control.come();
    control.deaf = true;
    stop(start()); // is given an epoch, and can't tell
    assertThat(kept).extracting(report -> report.stamp().epoch()).containsExactly(1L);
    control.deaf = false;
    List<TrafficReport> left = kept;
    stop(start());
    awaitTotal("alice", 10);
    kept = left;
    stop(start());
    assertThat(control.total("alice")).isEqualTo(10);
  }

  @Test
  void theSameIsSoWithinAStart() throws Exception {
    TrafficReporter reporter = start();
    counts.pass("alice", 10);
    counts.need.run();
    awaitKept(10);
    control.deaf = true;
    control.come();
    counts.pass("alice", 1);
    counts.need.run();
    await().atMost(SOON).until(() -> kept.stream().allMatch(report -> report.stamp().epoch() == 1));
    awaitKept(11);
    control.deaf = false;
    counts.need.run();
    awaitTotal("alice", 11);
    await().atMost(SOON).until(() -> kept.isEmpty());
    stop(reporter);
    assertThat(control.total("alice")).isEqualTo(11);
  }

  @Test
  void whatIsOfAnotherIdentityIsLeft() throws Exception {
    kept =
        List.of(
            new TrafficReport(
                new Stamp("node-9", 3, 1),
                List.of(new TrafficReport.Count("alice", 1, 5, 0, 0, 0))));
    control.come();
    TrafficReporter reporter = start();
    counts.pass("alice", 1);
    counts.need.run();
    awaitTotal("alice", 1);
    assertThat(kept).isEmpty();
    assertThat(control.heard).extracting(Stamp::sender).containsOnly(NODE);
    stop(reporter);
  }

  @Test
  void aFileThatCannotBeReadOrWrittenStopsNoReport() throws Exception {
    control.come();
    counts = new Moving();
    TrafficReporter reporter =
        new TrafficReporter(
            vertx,
            new Sender(NODE, Instant.EPOCH),
            counts,
            new TrafficReporter.Keeper() {
              @Override
              public List<TrafficReport> read() throws IOException {
                throw new IOException("it is spoilt");
              }

              @Override
              public void write(List<TrafficReport> reports) throws IOException {
                throw new IOException("the disk is full");
              }
            });
    counts.pass("alice", 1);
    counts.need.run();
    awaitTotal("alice", 1);
    control.go();
    counts.pass("alice", 1);
    stop(reporter);
  }

  /** What is told in an epoch and kept in none is told again by the next start, in another. */
  @Test
  void whereAnEpochCannotBeKeptNothingIsToldInIt() throws Exception {
    TrafficReporter alone = start();
    counts.pass("alice", 5);
    stop(alone);
    assertThat(kept).isNotEmpty();
    full = true;
    control.come();
    stop(start()); // reports more than once
    full = false;
    TrafficReporter last = start();
    counts.need.run();
    awaitTotal("alice", 5);
    stop(last);
    awaitTotal("alice", 5);
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
