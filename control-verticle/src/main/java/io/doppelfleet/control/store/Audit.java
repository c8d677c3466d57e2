package io.doppelfleet.control.store;

import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.control.store.AuditEntry.Place;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * All that was done: the history of revisions, and what is no part of them. Entries of the latter
 * are kept for 400 days: 20,000 of changes at most, and 5,000 each of who came in, of who tried to,
 * of questions, and of bans by rules that were lifted. Safe for use by many threads, all of which
 * it may block: none may be an event loop.
 */
public final class Audit {
  private static final String UNWRITABLE = "the audit log can't be written";

  private static final Comparator<AuditEntry> NEWEST_FIRST =
      Comparator.<AuditEntry>comparingLong(entry -> entry.place().revision())
          .thenComparingLong(entry -> entry.place().id())
          .reversed();

  /** Of one person or program; one more waits. */
  public static final int MOST_QUESTIONS = AuditRows.MOST_OTHERS_OF_ONE;

  /** So long what somebody asked can be read, however much they ask after it. */
  private static final Duration READABLE = Duration.ofDays(1);

  private final Transactions transactions;
  private final Clock clock;

  Audit(Transactions transactions, Clock clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * What stands before a place, the newest first.
   *
   * @param most how many at most
   * @throws StoreException where the store is away
   */
  public List<AuditEntry> before(Place place, int most) throws StoreException {
    return transactions.run(
        "the audit log can't be read",
        (connection, rows) -> {
          List<AuditEntry> all = new ArrayList<>(new AuditRows(connection).before(place, most));
          // A revision stands before what was done after it.
          long before = place.id() > 0 ? next(place.revision()) : place.revision();
          for (Revision revision : rows.history(before, most)) {
            all.add(
                new AuditEntry(
                    new Place(revision.number(), 0), revision.at(), revision.edit(), null));
          }
          all.sort(NEWEST_FIRST);
          return List.copyOf(all.subList(0, Math.min(most, all.size())));
        });
  }

  private static long next(long revision) {
    return revision == Long.MAX_VALUE ? revision : revision + 1;
  }

  /**
   * How often any of a kind was changed, from 1: what a change of one has to have seen.
   *
   * @throws StoreException where the store is away
   */
  public long version(Kind kind) throws StoreException {
    return transactions.run(
        "the " + kind.word() + "s can't be read",
        (connection, rows) -> new AuditRows(connection).version(kind));
  }

  /**
   * From where somebody signed in since a time, and when last; the longest ago first.
   *
   * @param most how many at most, of those the last
   * @throws StoreException where the store is away
   */
  public Map<String, Instant> signedIn(Instant since, int most) throws StoreException {
    return transactions.run(
        "who signed in can't be read",
        (connection, rows) -> new AuditRows(connection).signedIn(since, most));
  }

  /**
   * Writes what somebody asks that tells of clients, before it is answered: unless an entry would
   * go for it, of theirs or of anybody's, that is less than a day old.
   *
   * @param deed a question
   * @return how long they wait until it can be written; zero: it is
   * @throws StoreException where the store is away
   */
  public Duration ask(Edit edit, Deed deed) throws StoreException {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return transactions.run(
        UNWRITABLE,
        (connection, rows) -> {
          Transactions.locked(rows); // the order of entries is that of their numbers
          AuditRows audit = new AuditRows(connection);
          Instant first = audit.lastToGo(deed.kind(), edit.author());
          if (first != null && first.plus(READABLE).isAfter(now)) {
            return Duration.between(now, first.plus(READABLE));
          }
          audit.note(edit, deed, now);
          transactions.commit(connection);
          return Duration.ZERO;
        });
  }

  /**
   * Writes what was done that changes nothing in the store.
   *
   * @throws StoreException where the store is away
   */
  public void note(Edit edit, Deed deed) throws StoreException {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    transactions.run(
        UNWRITABLE,
        (connection, rows) -> {
          Transactions.locked(rows);
          new AuditRows(connection).note(edit, deed, now);
          transactions.commit(connection);
          return null;
        });
  }
}
