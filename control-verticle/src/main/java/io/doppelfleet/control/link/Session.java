package io.doppelfleet.control.link;

import io.doppelfleet.control.store.Admission;
import io.doppelfleet.control.store.Member;
import io.doppelfleet.control.store.Standing;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.LinkMessage.Refusal.Kind;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.fleet.link.Outbox;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.ServerSSLOptions;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One link, from its first word on: a machine without a certificate joins, one with a certificate
 * is looked up, and then what nodes and controls tell each other goes between it and the bus.
 */
final class Session implements Frames.Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final long BEAT_MILLIS = 2_000;
  private static final String NOT_NOW = "that is not what comes now on this link";
  private static final String NOT_IN_THE_STORE =
      "this node is not in the control's store, which may have been restored from before it joined";

  private enum Phase {
    FIRST_WORD,
    LOOKING_UP,
    OPEN,
    OVER
  }

  private final Links links;
  private final NetSocket socket;
  private final Outbox outbox;
  private final long since;
  private final Frames frames = new Frames(this);
  private final Pulse pulse = new Pulse(frames);
  final Asked asked;
  final HelloBounds bounds;

  private @Nullable Octets key;
  private Phase phase = Phase.FIRST_WORD;
  private String instance = "";
  private @Nullable Member member;
  private long epoch;

  /** Null: the link was never open. */
  private @Nullable Intake intake;

  private long beats = -1;
  private boolean renewing;

  /** With a connection that says nothing yet, and when it came, by the monotonic clock. */
  Session(Links links, NetSocket socket, long since) {
    this.links = links;
    this.socket = socket;
    this.outbox = new Outbox(socket);
    this.bounds = new HelloBounds(since);
    this.asked = new Asked(outbox, bounds);
    this.since = since;
  }

  void begin(ServerSSLOptions tls) {
    socket.exceptionHandler(failure -> LOG.debug("a link broke: {}", failure.getMessage()));
    socket.closeHandler(closed -> over());
    socket.pause();
    socket
        .upgradeToSsl(tls)
        .onSuccess(
            secure -> {
              key = PeerKey.of(socket);
              socket.handler(pulse).resume();
            })
        .onFailure(
            failure -> {
              LOG.debug("a link was not made: {}", failure.getMessage());
              socket.close();
            });
  }

  long since() {
    return since;
  }

  /** Whether it has not said its first word. */
  boolean isSilent() {
    return phase == Phase.FIRST_WORD;
  }

  /** Without a word. */
  void hangUp() {
    over();
    socket.close();
  }

  @Nullable Member member() {
    return member;
  }

  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  /** Whether it is, and the other end was heard of late. */
  boolean lives() {
    return isOpen() && pulse.isThere();
  }

  boolean isOf(String other) {
    return instance.equals(other);
  }

  /** Whether it is open, of the node whose messages are stamped so. */
  boolean isOfNode(String sender) {
    return isOpen() && member != null && member.sender().equals(sender);
  }

  private @Nullable String fingerprint() {
    return key == null ? null : JoinToken.fingerprint(key.bytes());
  }

  @Override
  public void link(LinkMessage message) {
    switch (message) {
      case LinkMessage.Join join when phase == Phase.FIRST_WORD && key == null -> join(join);
      case LinkMessage.Hello hello when phase == Phase.FIRST_WORD && key != null -> hello(hello);
      case LinkMessage.Beat beat when phase == Phase.OPEN -> {} // that it came is enough
      case LinkMessage.Renewal renewal when phase == Phase.OPEN -> renew();
      default -> refuse(Kind.WRONG, NOT_NOW);
    }
  }

  private void join(LinkMessage.Join join) {
    phase = Phase.LOOKING_UP;
    String origin = String.valueOf(socket.remoteAddress().hostAddress());
    Joining joining = new Joining(links.roster, links.authority, links.clock);
    links
        .worker
        .executeBlocking(() -> joining.answer(join, origin), false)
        .onSuccess(this::answer)
        .onFailure(this::unanswered);
  }

  private void answer(LinkMessage answer) {
    if (answer instanceof LinkMessage.Refusal refusal) {
      refuse(refusal.kind(), refusal.why());
    } else {
      socket.end(Frames.of(answer));
    }
  }

  /** What is wrong with the store is told here, and not to whoever is at the door. */
  void unanswered(Throwable failure) {
    if (failure instanceof InvalidValueException) {
      refuse(Kind.WRONG, String.valueOf(failure.getMessage()));
    } else {
      LOG.debug("a link waits: {}", failure.getMessage());
      refuse(Kind.LATER, "the control can't look that up now: its log says why");
    }
  }

  private void hello(LinkMessage.Hello hello) {
    phase = Phase.LOOKING_UP;
    instance = hello.instance();
    bounds.version(hello.version());
    String fingerprint = String.valueOf(fingerprint());
    String not = links.claim(this, fingerprint, instance);
    if (not != null) {
      refuse(Kind.LATER, not);
      return;
    }
    links
        .worker
        .executeBlocking(() -> links.roster.open(fingerprint, instance), false)
        .onSuccess(this::looked)
        .onFailure(this::unanswered);
  }

  private void looked(Admission admission) {
    if (phase == Phase.OVER) {
      return; // it went away, or a later one took its place
    }
    switch (admission) {
      case Admission.Admitted admitted -> open(admitted.member(), admitted.epoch());
      case Admission.Removed removed -> removed();
      case Admission.Held held -> {
        links.secondHolders.heldElsewhere(held.member());
        refuse(Kind.LATER, Links.HELD);
      }
      case Admission.Refused refused -> refuse(Kind.WRONG, refused.why());
    }
  }

  private void open(Member admitted, long newEpoch) {
    phase = Phase.OPEN;
    member = admitted;
    epoch = newEpoch;
    Questions questions = new Questions(links.vertx, links.wholeStates, this, outbox);
    intake = new Intake(links.vertx, socket, this, admitted.sender(), newEpoch, bounds, questions);
    frames.allow(Frames.LONGEST_TO_CONTROL);
    links.opened(this, admitted, newEpoch);
    LOG.info("the link of node {} is open", admitted.name());
    outbox.say(Frames.of(new LinkMessage.Welcome(newEpoch, bounds.version())));
    Buffer beat = Frames.of(new LinkMessage.Beat());
    beats = links.vertx.setPeriodic(BEAT_MILLIS, tick -> outbox.tick(beat));
  }

  /** Who reads too slowly misses some, finds out by the next, and asks for the whole. */
  void tell(Buffer frame) {
    if (phase == Phase.OPEN && outbox.isFree()) {
      outbox.say(frame);
    }
  }

  /** The next replaces it, and it makes nobody miss what {@link #tell} says. */
  void tellNewest(Buffer frame) {
    if (phase == Phase.OPEN) {
      outbox.sayNewest(frame);
    }
  }

  /** The next has what this one missed, or shows that it did. A node of before takes none. */
  void tick(Buffer frame) {
    if (phase == Phase.OPEN && bounds.version() >= LinkMessage.HELLOS) {
      outbox.tick(frame);
    }
  }

  private void renew() {
    Member own = member;
    Octets ownKey = key;
    if (own != null && ownKey != null && !renewing) {
      renewing = true;
      links
          .worker
          .executeBlocking(
              () -> links.authority.certifyNode(own.name(), ownKey, links.clock.instant()), false)
          .onComplete(done -> renewing = false)
          .onSuccess(certificate -> tell(Frames.of(new LinkMessage.Renewed(certificate))))
          .onFailure(this::unanswered);
    }
  }

  @Override
  public void told(Buffer text) {
    take(open -> open.told(text));
  }

  @Override
  public void hellos(Buffer text) {
    String wrong = bounds.wrong(text, System.nanoTime());
    if (wrong == null) {
      take(open -> open.hellos(text));
    } else {
      refuse(Kind.WRONG, wrong);
    }
  }

  @Override
  public void asked(int question, Buffer text) {
    take(open -> open.asked(question, text));
  }

  private void take(Consumer<Intake> then) {
    Intake open = intake;
    if (open != null && phase == Phase.OPEN) {
      then.accept(open);
    } else {
      refuse(Kind.WRONG, NOT_NOW);
    }
  }

  @Override
  public void answered(int question, Buffer text) {
    if (!asked.answered(question, text)) {
      refuse(Kind.WRONG, "nobody asked");
    }
  }

  @Override
  public void broken(String why) {
    refuse(Kind.WRONG, why);
  }

  /** Another control may have removed the node or have its link now. */
  void check(Map<Long, Standing> all) {
    Member own = member;
    if (own == null || phase != Phase.OPEN) {
      return;
    }
    Standing now = all.get(own.id());
    if (now == null) {
      refuse(Kind.WRONG, NOT_IN_THE_STORE);
    } else if (now.removed()) {
      removed();
    } else if (now.epoch() > epoch) {
      links.elsewhere(own, pulse.isThere() && !instance.equals(now.instance()));
      end(Kind.LATER, "this node has a link to another control");
    }
  }

  /** The node belongs to the fleet no more. */
  void removed() {
    Member own = member;
    refuse(Kind.REMOVED, "this node was removed from its fleet");
    if (own != null) {
      links.whenRemoved.accept(own);
    }
  }

  /** The node is to let its clients finish for so many seconds, and end. */
  void drain(long seconds) {
    outbox.say(Frames.of(new LinkMessage.Drain(seconds)));
  }

  /** The same process came again. */
  void replaced() {
    refuse(Kind.LATER, "this node has opened another link");
  }

  private void refuse(Kind kind, String why) {
    if (phase == Phase.OVER) {
      return;
    }
    Member own = member;
    if (own != null) {
      LOG.warn("the link of node {} was closed: {}", own.name(), why);
    } else {
      LOG.debug("a link was refused: {}", why);
    }
    end(kind, why);
  }

  private void end(Kind kind, String why) {
    over();
    if (outbox.isWithin()) {
      socket.close(); // it asks again, and hears why
    } else {
      socket.end(Frames.of(LinkMessage.Refusal.of(kind, why)));
    }
  }

  private void over() {
    if (phase == Phase.OVER) {
      return;
    }
    Member own = member;
    if (own != null) {
      LOG.info("the link of node {} has ended", own.name());
    }
    phase = Phase.OVER;
    links.ended(this, fingerprint());
    asked.end();
    if (beats >= 0) {
      links.vertx.cancelTimer(beats);
    }
  }
}
