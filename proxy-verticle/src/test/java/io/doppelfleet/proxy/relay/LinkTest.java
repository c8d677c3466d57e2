package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who gets how much of a full link, by a clock that the test has. */
final class LinkTest {
  private static final int MIB = 1 << 20;
  private static final int CHUNK = 32 * 1024;
  private static final long MILLI = 1_000_000;

  private final AtomicLong now = new AtomicLong();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final EventLoop loop = channel.eventLoop();
  private final List<Shares> loops = new ArrayList<>();

  /** A connection that has more whenever it may read. */
  private final class Hungry implements Shares.Waiter {
    private final Shares shares;
    private final Shares.Line line;
    private long had;
    private boolean sparse;

    Hungry(Shares shares, Shares.Line line) {
      this.shares = shares;
      this.line = line;
    }

    void begin() {
      while (!shares.take(line, this)) {
        read();
      }
    }

    private void read() {
      had += CHUNK;
      shares.passed(line, CHUNK);
    }

    @Override
    public void go() {
      read();
      begin();
    }

    @Override
    public boolean readsAtOnce() {
      return true;
    }

    @Override
    public boolean isSparse() {
      return sparse;
    }

    @Override
    public EventLoop loop() {
      return loop;
    }
  }

  private Link link(int count) {
    return link(count, MIB);
  }

  private Link link(int count, long rate) {
    Link link = new Link(rate, count, now::get);
    for (int number = 0; number < count; number++) {
      loops.add(new Shares(link, number, new Wheel()));
    }
    return link;
  }

  private List<Hungry> hungry(int count, Shares shares, Share share) {
    return hungry(count, shares, new Shares.Line(share));
  }

  private List<Hungry> hungry(int count, Shares shares, Shares.Line line) {
    List<Hungry> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(new Hungry(shares, line));
    }
    return all;
  }

  private void pass(int seconds) {
    for (int milli = 0; milli < seconds * 1_000; milli += 5) {
      passFiveMillis();
    }
  }

  private void passFiveMillis() {
    now.addAndGet(5 * MILLI);
    loops.forEach(Shares::wake);
  }

  private static long had(List<Hungry> all) {
    return all.stream().mapToLong(each -> each.had).sum();
  }

  @Test
  void eachSecretGetsTheSameAndOfThatEachOfItsConnections() {
    Link link = link(1);
    List<Hungry> greedy = hungry(8, loops.getFirst(), new Share());
    List<Hungry> modest = hungry(1, loops.getFirst(), new Share());
    greedy.forEach(Hungry::begin);
    modest.forEach(Hungry::begin);
    long before = had(greedy);
    pass(20);
    assertThat(had(modest)).isBetween(9L * MIB, 11L * MIB);
    assertThat(had(greedy) - before).isBetween(9L * MIB, 11L * MIB);
    assertThat(greedy).allMatch(each -> each.had > MIB * 9 / 8 && each.had < MIB * 14 / 8);
    assertThat(link.waited()).isPositive();
  }

  @Test
  void aSecretThatIsOnAllLoopsGetsNoMoreThanOneThatIsOnOne() {
    link(2);
    Share many = new Share();
    List<Hungry> greedy = new ArrayList<>(hungry(4, loops.getFirst(), many));
    greedy.addAll(hungry(4, loops.getLast(), many));
    List<Hungry> modest = hungry(1, loops.getFirst(), new Share());
    List<Hungry> other = hungry(1, loops.getFirst(), new Share());
    greedy.forEach(Hungry::begin);
    modest.forEach(Hungry::begin);
    other.forEach(Hungry::begin);
    long before = had(greedy);
    pass(30);
    assertThat(had(greedy) - before).isBetween(8L * MIB, 12L * MIB);
    assertThat(had(modest)).isBetween(8L * MIB, 12L * MIB);
    assertThat(had(other)).isBetween(8L * MIB, 12L * MIB);
  }

  @Test
  void strangersOnAllLoopsGetNoMoreThanOneSecret() {
    link(2);
    List<Hungry> strangers = new ArrayList<>();
    loops.forEach(shares -> strangers.addAll(hungry(4, shares, shares.line(null))));
    List<Hungry> clients = hungry(1, loops.getFirst(), new Share());
    strangers.forEach(Hungry::begin);
    clients.forEach(Hungry::begin);
    long before = had(strangers);
    pass(20);
    assertThat(had(strangers) - before).isBetween(8L * MIB, 12L * MIB);
    assertThat(had(clients)).isBetween(8L * MIB, 12L * MIB);
  }

  /** Who has no secret could else stop everybody, a short connection after the other. */
  @Test
  void whatNewStrangersMayPassUnaskedIsNoMoreThanAQuarterHoweverManyCome() {
    link(2);
    List<Hungry> clients = hungry(1, loops.getFirst(), new Share());
    clients.forEach(Hungry::begin);
    long before = had(clients);
    long strangers = 0;
    for (int i = 0; i < 4_000; i++) { // for 20 s three times the rate
      Shares shares = loops.get(i & 1);
      if (shares.mayPassFirst()) {
        shares.passesFirst(CHUNK / 2);
        shares.passed(shares.line(null), CHUNK / 2);
        strangers += CHUNK / 2;
      }
      passFiveMillis();
    }
    assertThat(strangers).isBetween(4L * MIB, 6L * MIB);
    assertThat(had(clients) - before).isGreaterThan(13L * MIB);
  }

  @Test
  void whatStrangersPassWhileTheLinkIsNotFullIsNoFavour() {
    Link link = link(1);
    link.passesFirst(100 * MIB);
    assertThat(link.mayPassFirst()).isTrue();
    link.waits();
    link.passesFirst(MIB);
    assertThat(link.mayPassFirst()).isFalse();
    link.passesFirst(MIB); // that one waited
    now.addAndGet(4_000 * MILLI);
    assertThat(link.mayPassFirst()).isTrue();
  }

  /** At the wheel's next slot it would be sixteen chunks a millisecond, whatever the rate. */
  @Test
  void whileMoreMayPassALoopGoesOnAtItsNextTurn() throws Exception {
    link(1, 64L * MIB);
    List<Hungry> all = hungry(4, loops.getFirst(), new Share());
    all.forEach(Hungry::begin);
    long before = had(all);
    now.addAndGet(Rate.BURST_NANOS);
    Thread.sleep(20); // the wheel has a clock of its own
    for (int turn = 0; turn < 40; turn++) {
      channel.runPendingTasks();
    }
    assertThat(had(all) - before).isBetween(15L * MIB, 17L * MIB);
  }

  @Test
  void aMessageGoesBeforeTheFlowsOfItsSecretButDoesNotKeepThemForEver() {
    Link link = link(1);
    Shares.Line line = new Shares.Line(new Share());
    List<Hungry> flows = hungry(50, loops.getFirst(), line);
    flows.forEach(Hungry::begin);
    long before = had(flows);
    List<Hungry> messages = hungry(4, loops.getFirst(), line);
    messages.forEach(each -> each.sparse = true);
    messages.forEach(Hungry::begin);
    now.addAndGet(2 * Rate.BURST_NANOS);
    loops.forEach(Shares::wake);
    assertThat(messages).allMatch(each -> each.had > 0);
    pass(10);
    assertThat(had(flows) - before).isGreaterThan(MIB / 4);
    assertThat(had(messages)).isGreaterThan(8L * MIB);
    assertThat(link.waited()).isPositive();
  }

  @Test
  void aLoopThatHangsHoldsUpNoOtherAndOneThatSleepsIsWaitedFor() {
    Link link = link(2);
    link.least(0, 0);
    assertThat(link.least()).isZero();
    now.addAndGet(6 * MILLI);
    assertThat(link.least()).isEqualTo(Long.MAX_VALUE);
    link.least(0, 0);
    link.sleeps(0, 50_000);
    link.least(0, 0); // somebody more waits, or leaves
    now.addAndGet(50 * MILLI);
    assertThat(link.least()).isZero();
    now.addAndGet(6 * MILLI);
    assertThat(link.least()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whoeverTheLastOfALoopWasTheOthersKnowThatItHasGone() {
    Link link = link(2);
    List<Hungry> one = hungry(1, loops.getFirst(), new Share());
    one.forEach(Hungry::begin);
    assertThat(link.least()).isLessThan(Long.MAX_VALUE);
    one.forEach(each -> each.shares.leave(each.line, each));
    assertThat(link.least()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whoLeavesIsWaitedForNoLongerAndTheOthersHaveAllOfIt() {
    Link link = link(1);
    List<Hungry> greedy = hungry(3, loops.getFirst(), new Share());
    List<Hungry> modest = hungry(1, loops.getFirst(), new Share());
    greedy.forEach(Hungry::begin);
    modest.forEach(Hungry::begin);
    greedy.forEach(each -> each.shares.leave(each.line, each));
    long before = had(modest);
    pass(4);
    assertThat(had(modest) - before).isGreaterThan(3L * MIB);
    modest.forEach(each -> each.shares.leave(each.line, each));
    assertThat(link.isContended()).isFalse();
  }

  @Test
  void whileTheLinkIsNotFullNobodyWaits() {
    Link link = link(1);
    Shares.Line line = new Shares.Line(new Share());
    Hungry one = new Hungry(loops.getFirst(), line);
    for (int i = 0; i < 100; i++) {
      assertThat(loops.getFirst().take(line, one)).isFalse();
      loops.getFirst().passed(line, CHUNK);
      now.addAndGet(40 * MILLI);
    }
    assertThat(link.waited()).isZero();
  }

  @Test
  void whoBeginsToWaitHasSavedNothingUpAndOwesNothing() {
    Link link = link(1);
    Share old = new Share();
    link.waits();
    link.begins(old);
    link.passed(old, 100 * MIB);
    link.passes(old);
    Share young = new Share();
    link.begins(young);
    assertThat(young.given()).isEqualTo(old.given());
    link.waitsNoMore();
    link.passed(old, MIB); // nobody waits: that is free
    assertThat(old.given()).isEqualTo(young.given());
  }
}
