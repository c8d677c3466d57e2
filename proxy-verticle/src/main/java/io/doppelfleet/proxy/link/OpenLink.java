package io.doppelfleet.proxy.link;

import io.doppelfleet.fleet.FleetLeases;
import io.doppelfleet.fleet.KnownHellos;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.StateDelta;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.fleet.link.Outbox;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.net.NetSocket;
import java.time.Duration;

/** One link, from its connection to its end. For its event loop. */
final class OpenLink implements Frames.Receiver {
  private static final long BEAT_MILLIS = 2_000;

  private final Vertx vertx;
  private final Owner owner;
  private final NetSocket socket;
  private final Outbox outbox;
  private final Frames frames = new Frames(this);
  private final Asking asking;
  private final Answering answering;
  private final int said;
  private final boolean carried;
  private int version = LinkMessage.FIRST;
  private long beats = -1;
  private long welcomed;
  private boolean over;
  private String why = "it hung up";

  /** Whose link it is. */
  interface Owner {
    /** The control has taken it. */
    void welcomed(OpenLink link, long epoch);

    /** Of this certificate nothing is known yet. */
    void renewed(Octets certificate);

    void drain(Duration longest);

    /** Its end follows. */
    void refused(LinkMessage.Refusal refusal);

    /** Once, unless it was {@linkplain OpenLink#replace replaced}. */
    void ended(OpenLink link, String why);
  }

  /**
   * One that says nothing yet.
   *
   * @param version of the link that the hello says, {@link LinkMessage#FIRST} to {@link
   *     LinkMessage#NEWEST}
   */
  OpenLink(Vertx vertx, Owner owner, Ways.Connection connection, int version) {
    this.vertx = vertx;
    this.owner = owner;
    this.socket = connection.socket();
    this.carried = connection.carried();
    this.said = version;
    this.outbox = new Outbox(socket);
    this.asking = new Asking(outbox);
    this.answering = new Answering(vertx, outbox);
  }

  void begin(String instance) {
    socket.exceptionHandler(failure -> why = String.valueOf(failure.getMessage()));
    socket.closeHandler(ended -> over());
    socket.handler(frames);
    outbox.say(Frames.of(new LinkMessage.Hello(instance, said)));
  }

  /** Whether it goes over the cluster. */
  boolean isCarried() {
    return carried;
  }

  /** For how long it has been open, milliseconds; 0 where it never was. */
  long lastedMillis() {
    return beats < 0 ? 0 : Duration.ofNanos(System.nanoTime() - welcomed).toMillis();
  }

  /** Whether the hello said no version, for controls of before. */
  boolean isPlain() {
    return said == LinkMessage.FIRST;
  }

  /** Whether both ends know of hellos. */
  boolean hasHellos() {
    return version >= LinkMessage.HELLOS;
  }

  /** Whether both ends know of nodes' health. */
  boolean hasHealth() {
    return version >= LinkMessage.HEALTH;
  }

  /** Whether both ends know of bans by rules. */
  boolean hasLeases() {
    return version >= LinkMessage.LEASES;
  }

  /** And of its own probes. */
  boolean hasProbes() {
    return version >= LinkMessage.PROBES;
  }

  /** Whether both ends know of limits that nodes share. */
  boolean hasLimits() {
    return version >= LinkMessage.LIMITS;
  }

  /** Who can't be told now, or only slowly, is told by the next. */
  void tell(Buffer frame) {
    if (!over && outbox.isFree()) {
      outbox.say(frame);
    }
  }

  /** The next replaces it. */
  void tellNewest(Buffer frame) {
    if (!over) {
      outbox.sayNewest(frame);
    }
  }

  /** False where there is no room for more. */
  boolean tellHellos(Buffer text) {
    return outbox.tick(Frames.ofHellos(text));
  }

  void ask(String address, Message<Buffer> message) {
    asking.ask(address, message);
  }

  @Override
  public void link(LinkMessage message) {
    switch (message) {
      case LinkMessage.Welcome welcome -> welcome(welcome.epoch(), welcome.version());
      case LinkMessage.Beat beat -> {} // that it came is enough
      case LinkMessage.Renewed renewed -> owner.renewed(renewed.certificate());
      case LinkMessage.Drain drain -> owner.drain(Duration.ofSeconds(drain.seconds()));
      case LinkMessage.Refusal refusal -> {
        why = "it refuses: " + refusal.why();
        owner.refused(refusal);
        socket.close();
      }
      default -> broken("it says what doesn't belong here");
    }
  }

  private void welcome(long epoch, int ofLink) {
    version = ofLink;
    welcomed = System.nanoTime();
    frames.allow(Frames.LONGEST_TO_NODE);
    Buffer beat = Frames.of(new LinkMessage.Beat());
    beats = vertx.setPeriodic(BEAT_MILLIS, tick -> outbox.tick(beat));
    owner.welcomed(this, epoch);
  }

  @Override
  public void told(Buffer text) {
    vertx.eventBus().publish(StateDelta.ADDRESS, text);
  }

  @Override
  public void hellos(Buffer text) {
    vertx.eventBus().publish(KnownHellos.ADDRESS, text);
  }

  @Override
  public void leases(Buffer text) {
    vertx.eventBus().publish(FleetLeases.ADDRESS, text);
  }

  @Override
  public void asked(int question, Buffer text) {
    answering.asked(question, text);
  }

  @Override
  public void answered(int number, Buffer text) {
    asking.answered(number, text, this::told);
  }

  @Override
  public void broken(String what) {
    why = what;
    socket.close();
  }

  /** Another one is open in its place: it ends without a word to its owner. */
  void replace() {
    stop();
    socket.close();
  }

  private void stop() {
    over = true;
    if (beats >= 0) {
      vertx.cancelTimer(beats);
    }
    asking.end();
  }

  private void over() {
    if (!over) {
      stop();
      owner.ended(this, why);
    }
  }
}
