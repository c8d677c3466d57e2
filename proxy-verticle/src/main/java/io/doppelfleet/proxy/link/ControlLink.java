package io.doppelfleet.proxy.link;

import io.doppelfleet.fleet.EpochRequest;
import io.doppelfleet.fleet.HelloQuestion;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.SeenHellos;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.StateRequest;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.fleet.link.Frames;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link of this node, opened again whenever it ends: what the control tells is published on this
 * process's bus, and what is said there for controls goes to it. All of it is on one event loop.
 * What is wrong is told once.
 */
public final class ControlLink {
  private static final Logger LOG = LoggerFactory.getLogger(ControlLink.class);

  /** What controls say of a hello's version that know of none. */
  private static final String UNKNOWN_VERSION = "version is not a text";

  private static final long RENEWAL_MILLIS = Duration.ofHours(1).toMillis();

  private final Vertx vertx;
  private final Context context;
  private final Ways ways;
  private final Sender sender;
  private final Events events;
  private final Clock clock;
  private final String instance;
  private final Promise<Void> opened = Promise.promise();
  private final Promise<Void> tried = Promise.promise();
  private final Course course = new Course();
  private final Retry retry;
  private NodeIdentity identity;
  private volatile @Nullable OpenLink open;
  private @Nullable String trouble;
  private boolean closed;

  /** Whether the next hello says no version, for a control of before refused the last. */
  private boolean plain;

  /** Whether a link is being made while another is open, which ends by it. */
  private boolean moving;

  /** What the node has to do about a link. */
  public interface Events {
    /** From now on this is who it is: to be kept. On an event loop. */
    void renewed(NodeIdentity identity);

    /** The node is to take no more clients, give its own so long, and end. On an event loop. */
    void drain(Duration longest);

    /** The node belongs to the fleet no more. On an event loop, once. */
    void removed(String why);
  }

  private ControlLink(
      Vertx vertx,
      NodeIdentity identity,
      Sender sender,
      Events events,
      Clock clock,
      RandomGenerator random,
      Ways ways) {
    this.vertx = vertx;
    this.identity = identity;
    this.sender = sender;
    this.events = events;
    this.clock = clock;
    this.retry = new Retry(vertx, random, this::connect);
    this.ways = ways;
    this.context = vertx.getOrCreateContext();
    byte[] own = new byte[16];
    random.nextBytes(own);
    this.instance = HexFormat.of().formatHex(own);
  }

  /**
   * Begins to connect, and never gives up. It ends with Vert.x.
   *
   * @param sender of this node's messages, whose epochs the control gives
   * @param clock says when a certificate is to be renewed
   * @param random must be unpredictable
   * @param carried where connections are carried to a control, which is tried first; null: nowhere
   * @throws InvalidValueException where the identity's certificate is none
   */
  public static ControlLink start(
      Vertx vertx,
      NodeIdentity identity,
      Sender sender,
      Events events,
      Clock clock,
      RandomGenerator random,
      @Nullable Carried carried) {
    identity.parsed();
    Ways ways = new Ways(vertx, carried);
    ControlLink link = new ControlLink(vertx, identity, sender, events, clock, random, ways);
    link.context.runOnContext(go -> link.begin());
    return link;
  }

  /** Whether there is a link now; from any thread. */
  public boolean isOpen() {
    return open != null;
  }

  /** Done when the link was open for the first time; fails where it never will be. */
  public Future<Void> opened() {
    return opened.future();
  }

  /** Done when the first attempt has opened the link; fails where it hasn't. */
  public Future<Void> tried() {
    return tried.future();
  }

  private void begin() {
    vertx.eventBus().consumer(NodeReport.ADDRESS, this::report);
    vertx.eventBus().consumer(NodeHealth.ADDRESS, this::health);
    vertx.eventBus().consumer(NodeLeases.ADDRESS, this::leases);
    vertx.eventBus().consumer(SeenHellos.ADDRESS, this::hellos);
    for (String address :
        List.of(
            StateRequest.ADDRESS,
            EpochRequest.ADDRESS,
            TrafficReport.ADDRESS,
            HelloQuestion.ADDRESS,
            LimitQuestion.ADDRESS)) {
      vertx.eventBus().<Buffer>consumer(address, message -> question(address, message));
    }
    vertx.setPeriodic(RENEWAL_MILLIS, tick -> renewInTime());
    if (ways.areSeveral()) {
      vertx.setTimer(ways.againMillis(), waited -> back());
    }
    connect();
  }

  private void connect() {
    if (closed || open != null || moving) {
      return;
    }
    ways.connect(identity)
        .onSuccess(this::opened)
        .onFailure(
            failure -> {
              wrong("the control can't be reached: " + failure.getMessage());
              again();
            });
  }

  private void opened(Ways.Connection connection) {
    int version = plain ? LinkMessage.FIRST : LinkMessage.NEWEST;
    new OpenLink(vertx, course, connection, version).begin(instance);
  }

  /** Over the cluster again, where it wasn't to be had. */
  private void back() {
    vertx.setTimer(ways.againMillis(), waited -> back());
    OpenLink now = open;
    if (now == null || now.isCarried() || moving || closed) {
      return;
    }
    moving = true;
    ways.carried(identity)
        .onSuccess(this::opened)
        .onFailure(
            failure -> {
              moving = false;
              if (open == null) {
                again();
              }
            });
  }

  private void again() {
    tried.tryFail("no link to the control yet");
    if (closed) {
      return;
    }
    retry.later();
  }

  private void wrong(String what) {
    Instant end = identity.parsed().getNotAfter().toInstant();
    String whole =
        end.isBefore(clock.instant())
            ? "this node's certificate ended at " + end + ": remove the node, and join anew"
            : what;
    if (!closed && !whole.equals(trouble)) {
      trouble = whole;
      LOG.warn("no link to the control at {}: {}", identity.control(), whole);
    }
  }

  private void report(Message<Buffer> message) {
    OpenLink now = open;
    if (now != null) {
      now.tell(Frames.of(message.body()));
    }
  }

  private void health(Message<Buffer> message) {
    OpenLink now = open;
    if (now != null && now.hasHealth()) {
      Buffer text = message.body();
      now.tell(Frames.of(now.hasProbes() ? text : withoutProbes(text)));
    }
  }

  private void leases(Message<Buffer> message) {
    OpenLink now = open;
    if (now != null && now.hasLeases()) {
      now.tellNewest(Frames.of(message.body()));
    }
  }

  /** As a control of before reads it. */
  private static Buffer withoutProbes(Buffer text) {
    return MessageJson.read(text.getBytes()) instanceof NodeHealth health
        ? Buffer.buffer(MessageJson.write(health.withoutProbes()))
        : text;
  }

  /** A few may wait; who doesn't get rid of more is told so. */
  private void hellos(Message<Buffer> message) {
    OpenLink now = open;
    if (now != null && now.hasHellos() && now.tellHellos(message.body())) {
      message.reply(null);
    } else {
      message.fail(0, "there is no link to a control of this version, or it is too slow");
    }
  }

  private void question(String address, Message<Buffer> message) {
    OpenLink now = open;
    if (now == null) {
      message.fail(0, "there is no link to a control");
    } else if (address.equals(HelloQuestion.ADDRESS) && !now.hasHellos()) {
      message.fail(0, "the control is of a version that knows nothing of hellos");
    } else if (address.equals(LimitQuestion.ADDRESS) && !now.hasLimits()) {
      message.fail(0, "the control is of a version that divides no limits");
    } else {
      now.ask(address, message);
    }
  }

  private void renewInTime() {
    OpenLink now = open;
    X509Certificate own = identity.parsed();
    Instant begin = own.getNotBefore().toInstant();
    Duration half = Duration.between(begin, own.getNotAfter().toInstant()).dividedBy(2);
    if (now != null && begin.plus(half).isBefore(clock.instant())) {
      now.tell(Frames.of(new LinkMessage.Renewal()));
    }
  }

  /** Ends the link for good. */
  public Future<Void> close() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        go -> {
          closed = true;
          ways.close().onComplete(ended -> done.complete());
        });
    return done.future();
  }

  /** What becomes of links. */
  private final class Course implements OpenLink.Owner {
    @Override
    public void welcomed(OpenLink link, long epoch) {
      plain = false; // the control may be another the next time
      sender.begin(epoch);
      if (open != null) {
        open.replace();
      }
      open = link;
      moving = false;
      trouble = null;
      retry.begin();
      if (link.isCarried()) {
        LOG.info("the link to a control is open, over the cluster");
      } else {
        LOG.info("the link to the control at {} is open", identity.control());
      }
      if (!link.hasHellos()) {
        LOG.warn("the control is of an older version: no other node's hellos are known here");
      }
      opened.tryComplete();
      tried.tryComplete();
      renewInTime();
    }

    @Override
    public void renewed(Octets certificate) {
      if (!identity.isOwn(certificate)) {
        LOG.warn("the control's new certificate is not for this node: it keeps its own");
        return;
      }
      identity = identity.with(certificate);
      LOG.info(
          "this node's certificate was renewed, it is good until {}",
          identity.parsed().getNotAfter().toInstant());
      events.renewed(identity);
    }

    @Override
    public void drain(Duration longest) {
      events.drain(longest);
    }

    @Override
    public void refused(LinkMessage.Refusal refusal) {
      if (refusal.kind() == LinkMessage.Refusal.Kind.REMOVED && !closed) {
        closed = true;
        opened.tryFail(new IOException(refusal.why()));
        events.removed(refusal.why());
      }
      if (refusal.kind() == LinkMessage.Refusal.Kind.WRONG) {
        plain = refusal.why().contains(UNKNOWN_VERSION);
        if (plain) {
          retry.begin();
        } else {
          retry.beSlow();
        }
      }
    }

    @Override
    public void ended(OpenLink link, String why) {
      ways.ended(link.isCarried(), link.lastedMillis());
      if (open == link) {
        open = null;
        if (moving) {
          return; // the other one takes its place
        }
      }
      moving = false;
      if (open == null) {
        if (!plain || link.isPlain()) { // or the next hello is
          wrong(why);
        }
        again();
      }
    }
  }
}
