package io.doppelfleet.control.peer;

import io.doppelfleet.control.node.Hellos;
import io.doppelfleet.control.node.Leases;
import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.node.OtherControl;
import io.doppelfleet.control.store.Calls;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Sender;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other controls of the store: what nodes say here they are told, and what nodes say there is
 * known here. Every two seconds all that nodes said last; hellos, rules' bans and what is asked at
 * once, 30 ms together. Where the store is away, or keeps no sessions, each control knows its own
 * nodes, and nothing else changes.
 */
public final class Peers implements Hellos.Others {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
  private static final long EVERY_MILLIS = 2_000;
  private static final long TOGETHER_MILLIS = 30;

  /** Who has missed three of its letters isn't there. */
  private static final long SILENT_NANOS = 7_000_000_000L;

  /** What a node said longer ago was told already; each says something every two seconds. */
  private static final long OLD_NANOS = 3_000_000_000L;

  private final Vertx vertx;
  private final Context context;
  private final WorkerExecutor worker;
  private final Calls calls;
  private final Nodes nodes;
  private final Leases leases;
  private final OtherControl self;
  private final Outgoing outgoing;
  private final Map<String, Peer> present = new ConcurrentHashMap<>();
  private final Asked asked;
  private final AtomicBoolean due = new AtomicBoolean();
  private volatile @Nullable Incoming begun;
  private volatile long echoed = System.nanoTime();
  private long letters;
  private long timer = -1;
  private Future<?> sending = Future.succeededFuture();
  private boolean trouble;
  private boolean deaf;

  /** Another control, as this one hears it. */
  private static final class Peer {
    final Parts parts = new Parts();
    volatile long heard;
    boolean known;
  }

  /**
   * Says and hears nothing yet.
   *
   * @param number of this control among those of the store
   * @param start of this process
   * @param address where nodes come in here; null: none may
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
      MeterRegistry meters) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.worker = vertx.createSharedWorkerExecutor("doppelfleet-peers", 1);
    this.calls = calls;
    this.nodes = nodes;
    this.leases = leases;
    this.self = new OtherControl(number + "." + start.toEpochMilli(), number, address);
    this.outgoing = new Outgoing(new Sender("control." + number, start));
    this.asked = new Asked(outgoing);
    Gauge.builder("doppelfleet.control.others", present, Map::size)
        .description("Other controls of its store that this one hears")
        .register(meters);
    FunctionCounter.builder("doppelfleet.control.hellos.unshared", outgoing, Outgoing::unshared)
        .description("Hellos that other controls weren't told of")
        .register(meters);
  }

  /** Says what nodes here say from now on, and takes what is {@link #heard}. */
  public void begin(Hellos hellos, NodesHere here) {
    begun = new Incoming(vertx, self.id(), nodes, leases, hellos, here, asked, this::answer);
    leases.onNews(
        () -> {
          say();
          soon();
        });
    timer = vertx.setPeriodic(0, EVERY_MILLIS, tick -> tick());
  }

  private void tick() {
    long now = System.nanoTime();
    present.values().removeIf(peer -> now - peer.heard > SILENT_NANOS);
    boolean wasDeaf = deaf;
    deaf = !trouble && now - echoed > SILENT_NANOS;
    if (deaf && !wasDeaf) {
      LOG.warn(
          "this control doesn't hear what its store's controls say, nor itself: where there are"
              + " others each knows its own nodes only. Is a pooler that keeps no sessions between?");
    } else if (wasDeaf && !deaf) {
      LOG.info("this control hears what its store's controls say");
    }
    say();
    soon();
  }

  /** What nodes here have said since the last time, where there is somebody to be told. */
  private void say() {
    if (!present.isEmpty()) {
      List<FleetMessage> said = new ArrayList<>(leases.forOthers());
      said.addAll(nodes.saidHere(System.nanoTime() - OLD_NANOS));
      outgoing.say(said);
    }
  }

  @Override
  public void met(String node, long token, boolean late) {
    if (!present.isEmpty()) { // who comes later asks for all
      outgoing.met(node, token, late);
      soon();
    }
  }

  /** A node was removed at this control. From any thread. */
  public void removed(String node) {
    outgoing.removed(node);
    soon();
  }

  /** Has a node that another control has a link of let its clients finish, and end. */
  public void drain(OtherControl control, String node, long seconds) {
    outgoing.drain(new Letter.Drain(control.id(), node, seconds));
    soon();
  }

  /** What a node of another control answers to whom a ban would cut. From any thread. */
  public Future<Buffer> ask(OtherControl control, String node, Buffer question) {
    Future<Buffer> answer = asked.ask(control, node, question);
    soon();
    return answer;
  }

  private void answer(Letter.Answer answer) {
    outgoing.answer(answer);
    soon();
  }

  /** At once, or with all that comes until the last letter is well on its way. */
  private void soon() {
    if (begun != null && !due.getAndSet(true)) {
      context.runOnContext(go -> sending.onComplete(sent -> sendWhatIsDue()));
    }
  }

  private void sendWhatIsDue() {
    due.set(false);
    if (begun != null) {
      sending = send();
    }
  }

  private Future<?> send() {
    return worker
        .executeBlocking(this::sendNow, false)
        .onComplete(sent -> tell(sent.cause()))
        .transform(sent -> vertx.timer(TOGETHER_MILLIS, TimeUnit.MILLISECONDS))
        .onComplete(
            waited -> {
              if (outgoing.hasMore()) {
                soon();
              }
            });
  }

  private Letter sendNow() throws Exception {
    Letter letter = outgoing.next(self.number(), self.address());
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
    if (failure != null && !before) {
      LOG.warn("each control knows its own nodes only: {}", failure.getMessage());
    } else if (failure == null && before) {
      echoed = System.nanoTime();
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
    Peer peer = present.computeIfAbsent(caller, first -> new Peer());
    peer.heard = now;
    byte[] whole = peer.parts.add(part);
    if (whole == null) {
      return;
    }
    try {
      Letter letter = LetterJson.read(whole);
      if (letter != null) {
        OtherControl control = new OtherControl(caller, letter.number(), letter.address());
        take(incoming, peer, control, letter);
      }
    } catch (InvalidValueException e) {
      LOG.debug("what control {} said was left: {}", caller, e.getMessage());
    }
  }

  private void take(Incoming incoming, Peer peer, OtherControl control, Letter letter) {
    if (!peer.known) {
      peer.known = true;
      come(control);
    }
    if (peer.parts.hasMissed()) {
      outgoing.missed();
      soon();
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
    say();
    soon();
  }

  /** Says and hears no more; done when no letter is on its way. */
  public Future<?> close() {
    begun = null;
    vertx.cancelTimer(timer);
    return sending.transform(sent -> worker.close());
  }
}
