package io.doppelfleet.control.peer;

import io.doppelfleet.control.node.Hellos;
import io.doppelfleet.control.node.Leases;
import io.doppelfleet.control.node.LimitShares;
import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.node.OtherControl;
import io.doppelfleet.control.store.Calls;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.LimitQuestion;
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
import java.util.function.LongSupplier;
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
 * nothing else changes. Who is deaf among others divides none.
 */
public final class Peers implements Hellos.Others, LimitShares.Others {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
  private static final long EVERY_MILLIS = 2_000;

  /** What a node said longer ago was told already; each says something every two seconds. */
  private static final long OLD_NANOS = 3_000_000_000L;

  /** Who ends doesn't wait longer than that for what it has to say yet, and for a store. */
  private static final long LEAVE_NANOS = 2_000_000_000L;

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
  private final Hearing hearing = new Hearing(System.nanoTime());
  private volatile @Nullable Incoming begun;
  private @Nullable LimitShares limits;
  private long divides;
  private volatile long echoed = System.nanoTime();
  private volatile boolean due;
  private volatile boolean newLeases;
  private long leasesTold = System.nanoTime() - LEASES_NANOS;
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
    this.callers = new Callers(random, System.nanoTime());
    this.asked = new Asked(outgoing);
    Gauge.builder("doppelfleet.control.others", callers, Callers::present)
        .description("Other controls of its store that this one hears")
        .register(meters);
    FunctionCounter.builder("doppelfleet.control.hellos.unshared", outgoing, Outgoing::unshared)
        .description("Hellos that other controls weren't told of")
        .register(meters);
    FunctionCounter.builder("doppelfleet.control.questions.dropped", outgoing, Outgoing::dropped)
        .description(
            "Questions to other controls, answers, and what nodes hold, for which there was no room")
        .register(meters);
  }

  /** Says what nodes here say from now on, and takes what is {@link #heard}. */
  public void begin(Hellos hellos, NodesHere here, LimitShares dividing) {
    limits = dividing;
    begun =
        new Incoming(
            vertx, self.id(), nodes, leases, dividing, hellos, here, asked, outgoing::answer);
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
              + " others each knows its own nodes only, and it divides no limits if it has heard"
              + " them before. Is a pooler that keeps no sessions between?");
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

  @Override
  public @Nullable OtherControl divider(long term) {
    return callers.divider(self, term);
  }

  @Override
  public long nextTerm() {
    hearing.awaitNext();
    return callers.nextTerm(self);
  }

  @Override
  public boolean areHeard() {
    return hearing.areHeard(System.nanoTime());
  }

  @Override
  public boolean isUpToDate() {
    return hearing.isUpToDate(System.nanoTime());
  }

  @Override
  public Future<Buffer> askLimits(OtherControl divider, Buffer question) {
    return asked.askLimits(divider, question);
  }

  @Override
  public void tellLimits(LimitQuestion holds) {
    if (isHeard()) {
      outgoing.tell(holds);
    }
  }

  /** What comes until the last letter is on its way goes together. */
  private void tick() {
    hearing.tick(isHeard(), System.nanoTime());
    if (sending.isComplete() && (due || isHeard())) {
      due = false;
      long now = System.nanoTime();
      if (newLeases && now - leasesTold >= LEASES_NANOS) {
        newLeases = false;
        leasesTold = now;
        outgoing.sayLeases(leases.forOthers());
      }
      sending =
          worker
              .executeBlocking(() -> send(this::dividesNow), false)
              .onComplete(done -> tell(done.cause()));
    }
  }

  private Letter send(LongSupplier term) throws Exception {
    // before the term: who begins one meanwhile awaits the letter after this
    long number = hearing.next(System.nanoTime());
    long inTerm = term.getAsLong();
    callers.says(number, inTerm);
    Letter letter =
        outgoing.next(
            new Letter.Speaker(
                self.number(), self.address(), inTerm, callers.challenge(), callers.echoes()));
    try {
      calls.call(self.id(), Parts.of(number, LetterJson.write(letter)));
    } catch (Exception e) {
      outgoing.lost(letter);
      throw e;
    }
    hearing.sent(number, System.nanoTime());
    return letter;
  }

  private long dividesNow() {
    boolean before = divides > 0;
    divides = limits == null ? 0 : limits.term();
    if (before != divides > 0) {
      LOG.info("this control {} secrets' limits", before ? "no longer divides" : "divides");
    }
    return divides;
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
      long number = Parts.number(part);
      if (hearing.heard(number, now)) {
        callers.ownCame(number);
        asked.dividedBy(divider(0));
      }
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
        incoming.tellAgain();
      }
      case AFTER_GAP -> outgoing.missed();
      case NEXT -> {}
    }
    incoming.take(control, letter);
    asked.dividedBy(divider(0));
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

  /**
   * Closes limits to questions, tells the others what waits of these, and then that this control
   * divides them no more; says and hears nothing after that. Done then.
   */
  public Future<?> close() {
    vertx.cancelTimer(timer);
    TickClock ticks = clock;
    if (ticks != null) {
      ticks.end();
    }
    return sending // and only then, or that one could say it
        .transform(last -> limits == null ? Future.succeededFuture() : limits.close())
        .transform(
            closed ->
                isHeard() && !trouble
                    ? worker.executeBlocking(this::leave)
                    : Future.succeededFuture())
        .transform(
            left -> {
              begun = null;
              return worker.close();
            });
  }

  /** Who hears that this one has ended grants at once, and has to know by then what nodes hold. */
  private Letter leave() throws Exception {
    long begin = System.nanoTime();
    while (outgoing.isAsking() && System.nanoTime() - begin < LEAVE_NANOS) {
      send(() -> divides);
    }
    return send(this::dividesNow);
  }
}
