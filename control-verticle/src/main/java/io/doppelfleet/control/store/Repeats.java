package io.doppelfleet.control.store;

import io.doppelfleet.control.seal.Seals;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.seal.SealKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Calls that brought an Idempotency-Key: each is remembered for a day, by all controls of the
 * store, with its answer, sealed: 20,000 at most, 5,000 of one caller, answers of 4 KiB. Safe for
 * use by many threads, all of which it may block: none may be an event loop.
 */
public final class Repeats {
  /** How long a key is remembered. */
  public static final Duration REMEMBERED = Duration.ofDays(1);

  private static final int MOST = 20_000;
  private static final int MOST_OF_ONE = 5_000;

  /** Bytes of an answer; a longer one isn't kept. */
  private static final int LONGEST = 4 << 10;

  /** No call takes longer, or nobody waits for it any more. */
  private static final Duration LONGEST_CALL = Duration.ofMinutes(2);

  private final Transactions transactions;
  private final Seals seals;
  private final Clock clock;

  Repeats(Transactions transactions, Seals seals, Clock clock) {
    this.transactions = transactions;
    this.seals = seals;
    this.clock = clock;
  }

  /**
   * Who brings a key, and for what.
   *
   * @param hash of the caller and the key, hex of SHA-256
   * @param caller of the caller alone
   * @param request of what is asked
   */
  public record Key(String hash, String caller, String request) {}

  /**
   * Whether what is asked is to be done; of two who ask at once one is told so.
   *
   * @throws StoreException where the store is away
   */
  public Claim begin(Key key) throws StoreException {
    return transactions.read(
        "the Idempotency-Key can't be looked up",
        (connection, rows) -> {
          Transactions.locked(rows);
          RepeatRows repeats = new RepeatRows(connection, seals);
          RepeatRows.Row known = repeats.of(key.hash(), now().minus(REMEMBERED));
          if (known != null) {
            return known.request().equals(key.request()) ? claim(known) : new Claim.Other();
          }
          repeats.tidy(now(), now().minus(REMEMBERED));
          if (repeats.count() >= MOST) {
            return new Claim.Full(MOST);
          }
          if (repeats.countOf(key.caller()) >= MOST_OF_ONE) {
            return new Claim.Full(MOST_OF_ONE);
          }
          repeats.insert(key, now());
          transactions.commit(connection);
          return new Claim.First();
        });
  }

  private Claim claim(RepeatRows.Row known) {
    Instant began = known.began();
    if (known.status() == 0) {
      return began.plus(LONGEST_CALL).isAfter(now())
          ? new Claim.UnderWay()
          : new Claim.Unknown(began);
    }
    Octets body = known.body();
    return body == null || !known.kept().isAfter(now())
        ? new Claim.Forgotten(began)
        : new Claim.Answered(known.status(), known.version(), body);
  }

  /**
   * Remembers what was answered.
   *
   * @param kept for how long the answer is; that it was done is remembered longer
   * @throws StoreException where the store is away: nobody knows then whether it was done
   */
  public void end(Key key, Claim.Answered answer, Duration kept) throws StoreException {
    transactions.run(
        "the answer can't be kept",
        (connection, rows) -> {
          SealKey seal = seals.keyOf(Transactions.locked(rows));
          RepeatRows repeats = new RepeatRows(connection, seals);
          boolean fits = answer.body().length() <= LONGEST;
          repeats.answer(key.hash(), answer, fits ? seal : null, now().plus(kept));
          transactions.commit(connection);
          return null;
        });
  }

  /**
   * Nothing of what was asked was done: the key may be brought again, for anything.
   *
   * @throws StoreException where the store is away
   */
  public void release(Key key) throws StoreException {
    transactions.run(
        "the Idempotency-Key can't be given back",
        (connection, rows) -> {
          new RepeatRows(connection, seals).remove(key.hash());
          transactions.commit(connection);
          return null;
        });
  }

  /**
   * Forgets what is no longer remembered; called now and then.
   *
   * @throws StoreException where the store is away
   */
  public void tidy() throws StoreException {
    transactions.run(
        "old Idempotency-Keys can't be forgotten",
        (connection, rows) -> {
          new RepeatRows(connection, seals).tidy(now(), now().minus(REMEMBERED));
          transactions.commit(connection);
          return null;
        });
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
