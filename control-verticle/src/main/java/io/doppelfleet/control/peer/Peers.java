package io.doppelfleet.control.peer;

import io.doppelfleet.control.node.Hellos;
import io.doppelfleet.control.node.Leases;
import io.doppelfleet.control.node.LimitShares;
import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.node.OtherControl;
import io.doppelfleet.control.store.Calls;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.hello.TickClock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other controls of the store: what nodes say here they are told, and what nodes say there is
 * known here. Where there is another, a letter goes at each tick of a clock, whether there is
 * anything to tell or not: who watches the way to the store can't see by when a letter goes when
 * clients come. Every two seconds all that nodes said last is told. Where the store is away, or
 * keeps no sessions, each control knows its own nodes, divides limits among these alone, and
 * nothing else changes.
 */
public final class Peers implements Hellos.Others, LimitShares.Others {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
  private static final long EVERY_MILLIS = 2_000;

  /** What a node said longer ago was told already; each says something every two seconds. */
  private static final long OLD_NANOS = 3_000_000_000L;

  /** However often a node says another ban by a rule, all of them are told this often. */
  private static final long LEASES_NANOS = 1_000_000_000L;

  private final Vertx vertx;
  private final WorkerExecutor worker;
  private final Calls calls;
  private final Nodes nodes;
  private final Leases leases;
  private final RandomGenerator random;
  private final OtherControl self;
  private final Outgoing outgoing;
  private final Callers callers;
  private final Asked asked;
  private volatile @Nullable Incoming begun;
  private volatile long echoed = System.nanoTime();
  private volatile boolean due;
  private volatile boolean newLeases;
  private long leasesTold = System.nanoTime() - LEASES_NANOS;
  private long letters;
  private long timer = -1;
  private @Nullable TickClock clock;
  private Future<?> sending = Future.succeededFuture();
  private long sent = echoed;
  private boolean trouble;
  private boolean deaf;

  /**
   * Says and hears nothing yet.
   *
   * @param number of this control among those of the store
   * @param start of this process
   * @param address where nodes come in here; null: none may
   * @param random must be unpredictable
   * @param meters where its counters go
   */
  public Peers(
      Vertx vertx,
      Calls calls,
      int number,
      Instant start,
      @Nullable HostPort address,
      Nodes nodes,
      Leases leases,
      RandomGenerator random,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.worker = vertx.createSharedWorkerExecutor("doppelfleet-peers", 1);
    this.calls = calls;
    this.nodes = nodes;
    this.leases = leases;
    this.random = random;
    this.self = new OtherControl(number + "." + start.toEpochMilli(), number, address);
    this.outgoing = new Outgoing(new Sender("control." + number, start));
    this.callers = new Callers(random);
    this.asked = new Asked(outgoing);
    Gauge.builder("doppelfleet.control.others", callers, Callers::present)
        .description("Other controls of its store that this one hears")
        .register(meters);
    FunctionCounter.builder("doppelfleet.control.hellos.unshared", outgoing, Outgoing::unshared)
        .description("Hellos that other controls weren't told of")
        .register(meters);
  }

  /** Says what nodes here say from now on, and takes what is {@link #heard}. */
  public void begin(Hellos hellos, NodesHere here, LimitShares limits) {
    begun =
        new Incoming(
            vertx, self.id(), nodes, leases, limits, hellos, here, asked, outgoing::answer);
    leases.onNews(() -> newLeases = true);
    timer = vertx.setPeriodic(0, EVERY_MILLIS, tick -> look());
    clock = TickClock.start(vertx, random, this::tick);
  }

  private void look() {
    callers.forgetSilent(System.nanoTime());
    boolean wasDeaf = deaf;
    if (!trouble) { // else nothing was said that could be heard
      deaf = sent - echoed > Callers.SILENT_NANOS;
    }
    if (deaf && !wasDeaf) {
      LOG.warn(
          "this control doesn't hear what its store's controls say, nor itself: where there are"
              + " others each knows its own nodes only. Is a pooler that keeps no sessions between?");
    } else if (wasDeaf && !deaf) {
      LOG.info("this control hears what its store's controls say");
    }
    if (isHeard()) {
      sayAll();
    }
    due = true;
  }

  private boolean isHeard() {
    return callers.present() > 0;
  }

  /** What nodes here have said since the last time. */
  private void sayAll() {
    outgoing.say(nodes.saidHere(System.nanoTime() - OLD_NANOS));
    newLeases = true;
  }

  @Override
  public void met(String node, long token, boolean late) {
    if (isHeard()) { // who comes later is told of all
      outgoing.met(node, token, late);
    }
  }

  /** A node was removed at this control. From any thread. */
  public void removed(String node) {
    outgoing.removed(node);
  }

  /**
   * Has a node that another control has a link of let its clients finish, and end; fails where that
   * control doesn't say within seconds that it was told. From any thread.
   */
  public Future<Void> drain(OtherControl control, String node, long seconds) {
    return asked.drain(control, node, seconds);
  }

  /** What a node of another control answers to whom a ban would cut. From any thread. */
  public Future<Buffer> ask(OtherControl control, String node, Buffer question) {
    return asked.ask(control, node, question);
  }

  /** The first by their numbers, of those that hear each other. */
  @Override
  public @Nullable OtherControl divider() {
    OtherControl first = callers.first();
    return first != null && first.number() < self.number() ? first : null;
  }

  @Override
  public Future<Buffer> askLimits(OtherControl divider, Buffer question) {
    return asked.ask(divider, Letter.Question.CONTROL, question);
  }

  /** What comes until the last letter is on its way goes together. */
  private void tick() {
    if (sending.isComplete() && (due || isHeard())) {
      due = false;
      long now = System.nanoTime();
      if (newLeases && now - leasesTold >= LEASES_NANOS) {
        newLeases = false;
        leasesTold = now;
        outgoing.sayLeases(leases.forOthers());
      }
      sending = worker.executeBlocking(this::send, false).onComplete(done -> tell(done.cause()));
    }
  }

  private Letter send() throws Exception {
    Letter letter =
        outgoing.next(
            new Letter.Speaker(
                self.number(), self.address(), callers.challenge(), callers.echoes()));
    try {
      calls.call(self.id(), Parts.of(++letters, LetterJson.write(letter)));
    } catch (Exception e) {
      outgoing.lost(letter);
      throw e;
    }
    return letter;
  }

  /** Of a store that is away once, and once that it is there again. */
  private void tell(@Nullable Throwable failure) {
    boolean before = trouble;
    trouble = failure != null;
    if (failure == null) {
      sent = System.nanoTime();
    }
    if (failure != null && !before) {
      LOG.warn("each control knows its own nodes only: {}", failure.getMessage());
    } else if (failure == null && before) {
      echoed = sent;
      LOG.info("other controls are told again what nodes say here");
    }
  }

  /** What a control called, this one too. On the store's own thread. */
  public void heard(String caller, byte[] part) {
    long now = System.nanoTime();
    Incoming incoming = begun;
    if (caller.equals(self.id())) {
      echoed = now;
      return;
    }
    if (incoming == null) {
      return;
    }
    byte[] whole = callers.add(caller, part, now);
    if (whole == null) {
      return;
    }
    try {
      Letter letter = LetterJson.read(whole);
      if (letter != null) {
        take(incoming, caller, letter, now);
      }
    } catch (InvalidValueException e) {
      LOG.debug("what control {} said was left: {}", caller, e.getMessage());
    }
  }

  private void take(Incoming incoming, String caller, Letter letter, long now) {
    OtherControl control =
        new OtherControl(caller, letter.speaker().number(), letter.speaker().address());
    switch (callers.take(caller, letter.speaker(), self.id(), now)) {
      case NOT -> {
        due = true; // it has to be told the challenge, and that its own was heard
        return;
      }
      case FIRST -> {
        come(control);
        outgoing.missed();
        incoming.came();
      }
      case AFTER_GAP -> outgoing.missed();
      case NEXT -> {}
    }
    incoming.take(control, letter);
  }

  private void come(OtherControl control) {
    if (control.number() == self.number()) {
      LOG.warn(
          "another process is control {} of this store, too: was its state directory copied? Take"
              + " the file control.id away there, and start it anew",
          control.number());
    } else {
      LOG.info("control {} of this store is there, too", control.number());
    }
    sayAll();
  }

  /** Says and hears no more; done when no letter is on its way. */
  public Future<?> close() {
    begun = null;
    vertx.cancelTimer(timer);
    TickClock ticks = clock;
    if (ticks != null) {
      ticks.end();
    }
    return sending.transform(last -> worker.close());
  }
}
