package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.address.ListGate;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.transport.Obfuscated2;
import io.doppelfleet.proxy.transport.Refusal;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Two legs that are pumped into each other. A leg is read only while nothing waits for the other
 * one, so a slow reader stops its writer, and no more is read than the other side takes, as far as
 * its kernel can say. Ends pass on as they come: a half-close as a half-close, a reset as a reset,
 * each after the bytes before it.
 */
public final class Pair extends Served {
  /** Who is at the near end. */
  public enum Kind {
    /** A client, with a data centre at the far end. */
    CLIENT,
    /** A stranger, with the cover at the far end. */
    STRANGER
  }

  /**
   * Bytes that pass each way between a stranger and the cover without waiting for the node's rate,
   * as long as all such have no more than their part of it: a handshake and a first answer. Clients
   * are answered by the node itself, which waits for nothing, so a stranger that waited would be
   * told from them.
   */
  private static final int FIRST_OF_STRANGERS = 16 * 1024;

  private final PairTable table;
  private final Side near;
  private final Side far;
  private int lastActive;

  /** The pair's place in its table. */
  int place = -1;

  private Pair(
      @Nullable Account account,
      @Nullable AddressBits from,
      ListGate gate,
      Leg near,
      Passage up,
      Leg far,
      Passage down,
      PairTable table) {
    super(account, from, gate);
    this.table = table;
    this.near = new Side(this, near, far, up);
    this.far = new Side(this, far, near, down);
    this.lastActive = table.now();
  }

  /**
   * A client and its data centre.
   *
   * @param secret by which it came
   * @param address the client's
   * @param gate of the listener by which it came
   * @param records where the client's records stand
   * @param opened by its header
   */
  public static Pair serve(
      NamedSecret secret,
      AddressBits address,
      ListGate gate,
      Leg client,
      RecordReader records,
      Obfuscated2 opened,
      Leg datacenter,
      PairTable table) {
    Passage up = new Passage.Upload(records, opened);
    Passage down = new Passage.Download();
    Account account = table.account(secret);
    return new Pair(account, address, gate, client, up, datacenter, down, table);
  }

  /**
   * A stranger and the cover.
   *
   * @param answered is given the first bytes that the cover sends; null for nobody
   */
  public static Pair splice(
      Leg stranger, Leg cover, @Nullable Consumer<ByteBuf> answered, PairTable table) {
    Passage down = answered == null ? Passage.Verbatim.ONE : new Passage.Awaited(answered);
    return new Pair(null, null, ListGate.OPEN, stranger, Passage.Verbatim.ONE, cover, down, table);
  }

  /**
   * Starts both pumps.
   *
   * @param early what the near leg sent before there was a pair, which goes first
   */
  public void start(ByteBuf early) {
    table.add(this);
    near.begin();
    far.begin();
    near.first(early);
    if (near.from().readEnded()) {
      near.ended();
    }
    if (far.from().readEnded()) {
      far.ended();
    }
    far.more();
    if (near.from().closed() || far.from().closed()) {
      cut(); // one left while the other was dialled
    }
  }

  Kind kind() {
    return account() == null ? Kind.STRANGER : Kind.CLIENT;
  }

  int lastActive() {
    return lastActive;
  }

  Scratch scratch() {
    return table.scratch();
  }

  boolean isNear(Side side) {
    return side == near;
  }

  /** Whether what it reads is the cover's. */
  boolean comesFromCover(Side side) {
    return kind() == Kind.STRANGER && side == far;
  }

  Side other(Side side) {
    return side == near ? far : near;
  }

  /** So many bytes passed one side. */
  void passed(Side side, int bytes) {
    lastActive = table.now();
    if (side == near && bytes > 0) {
      far.asked();
    }
    Shares shares = table.shares();
    if (shares != null && leftOfFirst() > 0) {
      shares.passesFirst(bytes);
    }
    passed(side == near, bytes);
    Account account = account();
    if (account != null) {
      account.book().allowance().passed(bytes);
    }
    if (shares != null) {
      shares.passed(shares.line(account), bytes);
    }
    table.count(kind(), side == near, bytes);
  }

  /** Bytes that wait in the process, both ways. */
  int waiting() {
    return near.waiting() + far.waiting();
  }

  /** Some do. */
  void waits() {
    table.waits(waiting());
  }

  /** Whether its secret's bytes are spent: then it was cut. */
  boolean cutIfSpent() {
    Account account = account();
    if (account == null || isOver() || !account.book().allowance().isSpent()) {
      return false;
    }
    table.spent();
    cut();
    return true;
  }

  /** Whether one of the two has to wait, for its secret's rate or the node's: its turn comes. */
  boolean mustWait(Side side) {
    Account account = account();
    if (account != null && account.mustWait(side, scratch().wheel())) {
      return true;
    }
    boolean waits = mustWaitForLink(side);
    if (waits && account != null) {
      account.waitsForLink(side);
    }
    return waits;
  }

  /** The same for the node's rate alone. */
  boolean mustWaitForLink(Side side) {
    Shares shares = table.shares();
    if (shares == null || (leftOfFirst() > 0 && shares.mayPassFirst())) {
      return false;
    }
    return shares.take(shares.line(account()), side);
  }

  /** Of a stranger's first bytes; 0 or less: none are, or it is none. */
  private long leftOfFirst() {
    return kind() == Kind.STRANGER ? FIRST_OF_STRANGERS - Math.max(up(), down()) : 0;
  }

  /** One that waited for the node's rate has had its turn. */
  void hadTurn(Side side) {
    Account account = account();
    if (account != null) {
      account.hadTurn(side);
    }
  }

  /** Whether something is there that only waits for its turn. */
  boolean waitsForTurn() {
    return near.waitsForTurn() || far.waitsForTurn();
  }

  /** One that waits for its turn ends. */
  void waitsNoMore(Side side) {
    Account account = account();
    if (account != null) {
      account.leave(side);
    }
    Shares shares = table.shares();
    if (shares != null) {
      shares.leave(shares.line(account), side);
    }
  }

  /** The most that is to be read at once, for its secret's rate and the node's, bytes. */
  int most() {
    Account account = account();
    int most = account == null ? Legs.CHUNK : account.book().allowance().most();
    Shares shares = table.shares();
    if (shares == null) {
      return most;
    }
    long first = leftOfFirst();
    return (int) Math.min(Math.min(most, shares.most()), first > 0 ? first : most);
  }

  int quietSeconds() {
    return table.now() - lastActive;
  }

  boolean isOver() {
    return place < 0;
  }

  /** Ends both legs at once. */
  void cut() {
    near.from().close();
    far.from().close();
    over();
  }

  /** Both legs have ended. */
  void over() {
    table.remove(this);
    near.end();
    far.end();
  }

  /** The client's bytes are no records: it meets what a TLS server's client would. */
  void refuse() {
    table.misspoken();
    far.from().close();
    if (near.from().idle() && !near.from().writeEnded()) {
      near.from().handTo(LegHandler.NOBODY);
      Refusal.send(near.from(), scratch().random());
    }
    near.from().close();
    over();
  }
}
