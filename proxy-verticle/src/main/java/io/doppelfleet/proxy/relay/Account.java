package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.NamedSecret;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What one key of a secret has moved on one event loop, since the loop's start. The loop alone
 * counts, which costs it plain stores; any thread may read, and sees each number whole, though not
 * all of them of one moment.
 */
public final class Account {
  private static final VarHandle UP = handle("up", long.class);
  private static final VarHandle DOWN = handle("down", long.class);
  private static final VarHandle OPENED = handle("opened", long.class);
  private static final VarHandle OPEN = handle("open", int.class);

  private final NamedSecret secret;
  private final Book book;
  private long up;
  private long down;
  private long opened;
  private int open;

  /** Null where nothing has passed while the secret has a rate; of the event loop alone. */
  private @Nullable Turns turns;

  /** Null where nothing has passed while the node has a rate; of the event loop alone. */
  private Shares.@Nullable Line line;

  /** At zero. */
  Account(NamedSecret secret, Book book) {
    this.secret = secret;
    this.book = book;
  }

  private static VarHandle handle(String field, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(Account.class, field, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Whose it is. */
  public NamedSecret secret() {
    return secret;
  }

  /** That of the secret on all loops. */
  Book book() {
    return book;
  }

  /** MTProto bytes from clients. */
  public long up() {
    return (long) UP.getOpaque(this);
  }

  /** MTProto bytes to clients. */
  public long down() {
    return (long) DOWN.getOpaque(this);
  }

  /** Connections that came. */
  public long opened() {
    return (long) OPENED.getOpaque(this);
  }

  /** Connections now. */
  public int open() {
    return (int) OPEN.getOpaque(this);
  }

  void passed(boolean upward, int bytes) {
    if (upward) {
      UP.setOpaque(this, up + bytes);
    } else {
      DOWN.setOpaque(this, down + bytes);
    }
  }

  /** Whether a side of the event loop has to wait, for the secret's rate: then its turn comes. */
  boolean mustWait(Side side, Wheel wheel) {
    Turns all = turns;
    if (all == null) {
      if (!book.allowance().hasRate()) {
        return false;
      }
      all = new Turns(book.allowance(), wheel, side.from().loop());
      turns = all;
    }
    return all.take(side);
  }

  /** Where its pairs wait for the node's rate. */
  Shares.Line line() {
    Shares.Line own = line;
    if (own == null) {
      own = new Shares.Line(book.share());
      line = own;
    }
    return own;
  }

  /** It needn't wait for the secret's rate, but does for the node's. */
  void waitsForLink(Side side) {
    if (turns != null) {
      turns.waitsForLink(side);
    }
  }

  /** It has waited for the node's rate, and has read. */
  void hadTurn(Side side) {
    if (turns != null) {
      turns.hadTurn(side);
    }
  }

  /** It ends while it waits. */
  void leave(Side side) {
    if (turns != null) {
      turns.leave(side);
    }
  }

  void began() {
    OPENED.setOpaque(this, opened + 1);
    OPEN.setOpaque(this, open + 1);
  }

  void ended() {
    OPEN.setOpaque(this, open - 1);
  }
}
