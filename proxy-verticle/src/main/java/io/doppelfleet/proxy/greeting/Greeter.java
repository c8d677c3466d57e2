package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.address.ListGate;
import io.doppelfleet.proxy.cover.Splices;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.doppelfleet.proxy.relay.Books;
import io.doppelfleet.proxy.rule.RuleBans;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides for each connection of an event loop: a client, or a stranger for the cover. */
public final class Greeter {
  private final SecretSearch secrets;
  private final ReplayWindow replays;
  private final OtherNodes others;
  private final RuleBans rules;
  private final Freshness freshness;
  private final Books books;
  private final Flights flights;
  private final Splices splices;
  private final OwnConnections own;
  private final Doppel doppel;
  private final LoopBytes bytes;
  private final Duration silence;
  private final Room room;
  private final Next next;

  /** Of this loop, each at its own place. */
  private final List<Undecided> undecided = new ArrayList<>();

  private final HelloTurns turns = new HelloTurns();
  private boolean leaving;

  /** Makes the answers to hellos. */
  public interface Flights {
    /** Whether a TLS 1.3 server could answer this hello without asking again. */
    boolean canAnswer(ClientHello hello);

    /**
     * How long the cover may take to accept a connection, in microseconds, another time each time;
     * 0 where that is not known.
     */
    int dialMicros();

    /**
     * The flight under a secret's key, or null where the client's key share turns out to be none.
     */
    @Nullable Flight flight(ClientHello hello, byte[] key);
  }

  /**
   * An answer to a hello.
   *
   * @param bytes to be sent in one write
   * @param delayMicros how long after a hello's last byte the cover's answer may come; 0 where that
   *     is not known
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  public record Flight(byte[] bytes, int delayMicros) {}

  /** What becomes of connections. */
  public interface Next {
    /**
     * A client with a live secret.
     *
     * @param guest who it is
     * @param flight the answer to its hello
     * @param due when that may leave at the soonest, on {@link System#nanoTime}'s clock
     * @param rest what it sent after its hello; the receiver owns it
     */
    void serve(Leg near, Guest guest, byte[] flight, long due, ByteBuf rest);

    /** A stranger goes to the cover, for this reason. */
    void refused(String reason);

    /** A stranger is reset: its network has too many (true), or there is no room for anybody's. */
    void wentShort(boolean ofCrowd);

    /** One connection more (1) or less (-1) is undecided. */
    void undecided(int change);
  }

  /**
   * For an event loop.
   *
   * @param others is told of hellos that are new here, and knows those of other nodes
   * @param rules is told of hellos that come again, and knows whom they ban
   * @param books knows what secrets may use
   * @param flights what answers a hello; what can't be answered is the cover's to refuse
   * @param own are let in whatever else holds
   * @param doppel is told of hellos
   * @param bytes the loop's account of what waits
   * @param silence how long who says nothing is waited for while the cover is down
   * @param room asked for each stranger
   */
  public Greeter(
      SecretSearch secrets,
      ReplayWindow replays,
      OtherNodes others,
      RuleBans rules,
      Freshness freshness,
      Books books,
      Flights flights,
      Splices splices,
      OwnConnections own,
      Doppel doppel,
      LoopBytes bytes,
      Duration silence,
      Room room,
      Next next) {
    this.secrets = secrets;
    this.replays = replays;
    this.others = others;
    this.rules = rules;
    this.freshness = freshness;
    this.books = books;
    this.flights = flights;
    this.splices = splices;
    this.own = own;
    this.doppel = doppel;
    this.bytes = bytes;
    this.silence = silence;
    this.room = room;
    this.next = next;
  }

  /**
   * Takes over a leg of which nothing was read but this.
   *
   * @param gate the listener's lists
   * @param seat what it takes of its network's
   * @param early its first bytes, or none; given away
   */
  public void greet(Leg near, Ends ends, ListGate gate, Seat seat, ByteBuf early) {
    Undecided comes = undecided(near, ends, gate, seat);
    if (early.isReadable()) {
      comes.received(early);
    } else {
      early.release();
      near.read();
    }
  }

  /** Takes over a leg that was not read yet, of a stranger for this reason. */
  public void turnAway(Leg near, Ends ends, Seat seat, String reason) {
    undecided(near, ends, ListGate.OPEN, seat).toCover(reason);
  }

  private Undecided undecided(Leg near, Ends ends, ListGate gate, Seat seat) {
    next.undecided(1);
    Undecided comes =
        new Undecided(
            near,
            ends,
            gate,
            seat,
            this,
            splices,
            new FirstBytes(bytes),
            new Times(flights.dialMicros()));
    comes.place = undecided.size();
    undecided.add(comes);
    near.handTo(comes);
    return comes;
  }

  /**
   * A second has passed, and what came in it was read: while there is no room, those go short whose
   * networks have too many, so that nobody else notices them; and where that is not enough, who
   * took too long already.
   */
  public void tick() {
    hurry(Undecided::isCrowded);
    long now = System.nanoTime();
    hurry(each -> each.isLate(now));
  }

  private void hurry(Predicate<Undecided> who) {
    for (int i = undecided.size() - 1; i >= 0 && !room.isForUndecided(); i--) {
      Undecided each = undecided.get(i);
      if (who.test(each)) {
        each.hurry(); // which may put one in its place that was looked at
      }
    }
  }

  /** Whether another stranger may go to the cover. */
  boolean hasRoom() {
    return room.isForStrangers();
  }

  /** Whether whose network has too many that are no clients goes short. */
  boolean boundsCrowds() {
    return room.boundsCrowds();
  }

  void wentShort(boolean ofCrowd) {
    next.wentShort(ofCrowd);
  }

  /** From now on who comes is none of its clients. */
  public void leave() {
    leaving = true;
  }

  /** Whether the cover may be dialled yet. */
  boolean mayDial() {
    return doppel.isCoverSeen();
  }

  /** For a stranger with this hello; null where its answer is no measure for clients. */
  @Nullable AnswerClock clock(ClientHello hello, InetSocketAddress from, Times times) {
    return mayDial() && flights.canAnswer(hello)
        ? new AnswerClock(hello, AddressBits.of(from.getAddress()), times, doppel.answers())
        : null;
  }

  /** How long a stranger with this hello waited, nanoseconds; 0 where that is not known. */
  long strangersWait(ClientHello hello) {
    return doppel.answers().draw(hello, System.nanoTime());
  }

  /** How long who says nothing is waited for while the cover is down. */
  Duration silence() {
    return silence;
  }

  /** Judges a hello when others of the loop had their turn. */
  void inTurn(Runnable hello, EventLoop loop) {
    turns.judge(hello, loop);
  }

  Future<Verdict> judge(ClientHello hello, InetSocketAddress from, ListGate gate, Leg near) {
    if (own.sent(hello, from)) {
      return Future.succeededFuture(ours(hello, from.getAddress()));
    }
    doppel.arrived(hello);
    InetAddress address = from.getAddress();
    long since = System.nanoTime();
    return secrets
        .find(hello, address, near.loop(), near::closed)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(new Verdict.Stranger("no secret"))
                    : judge(hello, found.get(), address, gate, since, near));
  }

  /** Nobody's memory has it, and nobody's limit counts it. */
  private Verdict ours(ClientHello hello, InetAddress from) {
    Flight flight = flights.canAnswer(hello) ? flights.flight(hello, own.key()) : null;
    return flight == null
        ? new Verdict.Stranger("bad key share")
        : new Verdict.Client(
            new Guest(own.secret(), AddressBits.of(from), ListGate.OPEN, tag(hello)), flight);
  }

  /** Who is refused is so no sooner than who has no secret. */
  private Future<Verdict> judge(
      ClientHello hello,
      SecretSearch.Found found,
      InetAddress from,
      ListGate gate,
      long since,
      Leg near) {
    return judge(hello, found, from, gate, near)
        .compose(
            verdict ->
                switch (verdict) {
                  case Verdict.Client client -> Future.succeededFuture(client);
                  case Verdict.Stranger stranger ->
                      secrets
                          .inVain(hello, found, from, since, near.loop(), near::closed)
                          .transform(over -> Future.succeededFuture(stranger));
                });
  }

  private Future<Verdict> judge(
      ClientHello hello, SecretSearch.Found found, InetAddress from, ListGate gate, Leg near) {
    AddressBits bits = AddressBits.of(from);
    String reason = refuse(hello, found, bits, gate);
    if (reason != null) {
      return Future.succeededFuture(new Verdict.Stranger(reason));
    }
    LiveSecret secret = found.secret();
    Flight flight = flights.flight(hello, secret.key());
    if (flight == null) {
      return Future.succeededFuture(new Verdict.Stranger("bad key share"));
    }
    // Last: who is let in has a seat for as long as the connection lasts.
    return books
        .refuse(secret.name(), bits, near)
        .map(
            over -> {
              if (over != null || leaving) { // by now, where it waited for a control
                return new Verdict.Stranger(over == null ? "draining" : over);
              }
              doppel.met(hello);
              secrets.met(from, secret);
              return new Verdict.Client(new Guest(secret, bits, gate, tag(hello)), flight);
            });
  }

  /** Why it is a stranger's, whatever its secret may use; null: it isn't. */
  private @Nullable String refuse(
      ClientHello hello, SecretSearch.Found found, AddressBits bits, ListGate gate) {
    long time = found.time();
    if (!freshness.isFresh(time)) {
      rules.replayed(bits, tag(hello)); // or it is a clock that is wrong
      return "stale";
    }
    if (!flights.canAnswer(hello)) {
      return "not TLS 1.3";
    }
    if (!replays.first(hello, time)) {
      rules.replayed(bits, tag(hello));
      return "replay";
    }
    if (!others.first(hello, found.secret().named())) {
      return "replay from elsewhere";
    }
    // Only now: a hello that was seen from here must not be good from elsewhere.
    if (secrets.refuses(bits)) {
      return "banned";
    }
    if (rules.refuse(bits.high(), bits.low())) {
      return "banned by a rule";
    }
    if (gate.refuse(bits.high(), bits.low())) {
      return "listed";
    }
    return leaving ? "draining" : null;
  }

  /** Of the digest under the secret's key, which nobody can choose. */
  private static long tag(ClientHello hello) {
    return ByteBuffer.wrap(hello.random()).getLong();
  }

  void serve(Leg near, Verdict.Client client, long due, ByteBuf rest) {
    next.serve(near, client.guest(), client.flight().bytes(), due, rest);
  }

  void refused(String reason) {
    next.refused(reason);
  }

  void decided(Undecided over) {
    Undecided last = undecided.removeLast();
    if (last != over) {
      undecided.set(over.place, last);
      last.place = over.place;
    }
    next.undecided(-1);
  }
}
