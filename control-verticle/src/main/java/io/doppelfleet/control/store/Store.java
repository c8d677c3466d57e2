package io.doppelfleet.control.store;

import com.zaxxer.hikari.HikariDataSource;
import io.doppelfleet.control.authority.Authority;
import io.doppelfleet.control.lock.LockFile;
import io.doppelfleet.control.seal.FleetKeyFile;
import io.doppelfleet.control.seal.Seals;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.StateDiff;
import io.doppelfleet.fleet.seal.SealException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fleet's desired state and its history. Any number of controls may use one PostgreSQL store,
 * one alone an H2 store; of two that write at once the store lets one win. Safe for use by many
 * threads, all of which it may block: none may be an event loop.
 */
public final class Store implements AutoCloseable {
  /** So many threads can use a store at once; more wait for each other. */
  public static final int CONNECTIONS = 4;

  /** Each conflict is another's success; so many in a row are no coincidence. */
  private static final int MOST_TRIES = 100;

  private final @Nullable LockFile hold;
  private final Transactions transactions;
  private final Seals seals;
  private final Clock clock;
  private final SecureRandom random;
  private final States states = new States();
  private final KeyChange keyChange;
  private final Traffic traffic;
  private final Roster roster;
  private final Access access;
  private final Audit audit;
  private final Repeats repeats;
  private final Controls controls;
  private final Calls calls;
  private @Nullable Authority authority;

  private Store(
      @Nullable LockFile hold,
      Transactions transactions,
      Calls calls,
      Seals seals,
      Clock clock,
      SecureRandom random) {
    this.hold = hold;
    this.transactions = transactions;
    this.keyChange = new KeyChange(seals, transactions, states, clock);
    this.traffic = new Traffic(transactions, clock);
    this.seals = seals;
    this.clock = clock;
    this.random = random;
    this.roster = new Roster(transactions, clock);
    this.audit = new Audit(transactions, clock);
    this.repeats = new Repeats(transactions, seals, clock);
    this.controls = new Controls(transactions);
    this.calls = calls;
    this.access =
        new Access(
            new Accounts(transactions, clock),
            new ApiTokens(transactions, clock),
            new SecondFactors(transactions, seals, clock));
  }

  /**
   * Makes the entities of the next state of those of the present one; it may be called more than
   * once. The number of its result doesn't matter.
   */
  @FunctionalInterface
  public interface Change<E extends Exception> {
    /** The next state, or a reason why there is none. */
    FleetState of(FleetState present) throws E, StoreException;
  }

  /**
   * Opens a store, and makes one where there is none: it begins with an empty state, revision 1.
   *
   * @param url {@code jdbc:h2:file:PATH} or {@code jdbc:postgresql://HOST/DATABASE}, each with its
   *     driver's parameters
   * @param keyFile the fleet key's; made with a new store, and then never again
   * @param clock says when revisions are written
   * @throws StoreException where it can't be opened: it is away, another control has it, or the key
   *     file isn't its own
   */
  public static Store open(String url, Path keyFile, Clock clock, SecureRandom random)
      throws StoreException {
    Engine engine = Engine.of(url);
    Path file = engine.file(url);
    LockFile hold = file == null ? null : Hold.of(file);
    HikariDataSource pool = null;
    try {
      pool = Schema.opened(engine, url);
      Seals seals = seals(pool, new FleetKeyFile(keyFile, random), random);
      Transactions transactions = new Transactions(engine, pool, seals);
      Calls calls = new Calls(new Server(pool), seals);
      Store store = new Store(hold, transactions, calls, seals, clock, random);
      store.begin();
      return store;
    } catch (StoreException | RuntimeException e) {
      if (pool != null) {
        pool.close();
      }
      if (hold != null) {
        hold.close();
      }
      throw e;
    }
  }

  /** A new store's key file is made; an old one's has to be there. */
  private static Seals seals(HikariDataSource pool, FleetKeyFile file, SecureRandom random)
      throws StoreException {
    try {
      if (!file.exists() && Schema.isNew(pool)) {
        file.create();
      }
      return new Seals(file, random);
    } catch (SealException e) {
      throw new StoreException("the store can't be opened: " + e.getMessage(), e);
    }
  }

  private void begin() throws StoreException {
    Beginning beginning = new Beginning(transactions, seals, clock, random);
    beginning.begin();
    keyChange.finishWhatWasCutOff();
    authority = beginning.authority();
    latest();
  }

  /** The fleet's own keys. */
  public Authority authority() {
    return Objects.requireNonNull(authority); // it is open
  }

  /** Who its nodes are. */
  public Roster roster() {
    return roster;
  }

  /** Who may use the API over TCP. */
  public Access access() {
    return access;
  }

  /** All that was done. */
  public Audit audit() {
    return audit;
  }

  /** Which controls use it. */
  public Controls controls() {
    return controls;
  }

  /** Calls that brought an Idempotency-Key. */
  public Repeats repeats() {
    return repeats;
  }

  /**
   * The present state.
   *
   * @throws StoreException where the store is away or spoilt
   */
  public FleetState latest() throws StoreException {
    return present().state();
  }

  /**
   * The same with its checksum. Where nothing was written since the last time, one row is read.
   *
   * @throws StoreException where the store is away or spoilt
   */
  public KnownState present() throws StoreException {
    return transactions.read(
        "the present state can't be read", (connection, rows) -> states.present(rows));
  }

  /**
   * The state at a revision.
   *
   * @throws InvalidValueException where there is no such revision
   * @throws StoreException where the store is away or spoilt
   */
  public FleetState state(long revision) throws StoreException {
    return transactions.read(
        "revision " + revision + " can't be read", (connection, rows) -> States.at(rows, revision));
  }

  /**
   * What one revision changes to become another, whichever is older.
   *
   * @throws InvalidValueException where there is no such revision
   * @throws StoreException where the store is away or spoilt
   */
  public StateDiff diff(long from, long to) throws StoreException {
    return StateDiff.between(state(from), state(to));
  }

  /**
   * Revisions before a number, the newest first.
   *
   * @param most how many at most
   * @throws StoreException where the store is away
   */
  public List<Revision> history(long before, int most) throws StoreException {
    return transactions.run(
        "the history can't be read", (connection, rows) -> rows.history(before, most));
  }

  /**
   * The state that would be written to bring an earlier one back, to be compared with the present
   * state first and then written. Everything returns but keys: a secret that is still there keeps
   * the keys that it has, one that is gone gets a new key.
   *
   * @throws InvalidValueException where there is no such revision
   * @throws StoreException where the store is away or spoilt
   */
  public FleetState restoration(long revision) throws StoreException {
    return transactions.read(
        "revision " + revision + " can't be restored",
        (connection, rows) -> {
          FleetState past = States.at(rows, revision);
          FleetState now = states.present(rows).state();
          Map<String, Integer> highest =
              rows.highest(past.secrets().stream().map(Entity::id).toList());
          return new Restoration(now, highest, random).of(past);
        });
  }

  /**
   * The number of the next generation of each of these secrets, whether or not there are secrets of
   * these names now.
   *
   * @throws StoreException where the store is away
   */
  public Map<String, Integer> nextGenerations(Collection<String> secrets) throws StoreException {
    Map<String, Integer> highest =
        transactions.run(
            "the generations can't be read", (connection, rows) -> rows.highest(secrets));
    Map<String, Integer> next = new HashMap<>();
    secrets.forEach(name -> next.put(name, Math.addExact(highest.getOrDefault(name, 0), 1)));
    return next;
  }

  /**
   * The revision that each of these secrets is as it is since; one that isn't there is missing.
   *
   * @throws StoreException where the store is away
   */
  public Map<String, Long> since(Collection<String> secrets) throws StoreException {
    return transactions.run("the history can't be read", (connection, rows) -> rows.since(secrets));
  }

  /**
   * Writes the next state, if it was made of the present one.
   *
   * @param next its revision is one more than the one that its maker saw
   * @throws InvalidValueException where it brings back a key that was used before, or one that has
   *     ended
   * @throws StoreException where the store is away, full or read-only; nothing is written then, but
   *     where the message says that it isn't known
   */
  public Outcome write(FleetState next, Edit edit) throws StoreException {
    String problem = "revision " + next.revision() + " can't be written";
    return transactions.run(problem, (connection, rows) -> write(connection, rows, next, edit));
  }

  private Outcome write(Connection connection, Rows rows, FleetState next, Edit edit)
      throws SQLException, SealException, StoreException {
    byte[] sealed = Transactions.locked(rows);
    KnownState present = states.present(rows);
    FleetState now = present.state();
    if (now.revision() != next.revision() - 1) {
      return new Outcome.Conflict(next.revision() - 1, now.revision());
    }
    StateDiff diff = StateDiff.between(now, next);
    if (diff.isEmpty()) {
      return new Outcome.Unchanged(now);
    }
    KnownState known = present.next(next);
    List<Succession.NewKey> keys =
        Succession.newKeys(diff, rows.highest(Succession.names(diff)), clock.instant());
    Map<String, Succession.NewKey> unused =
        unused(rows, keys, new Fingerprints(rows.fingerprints(sealed)));
    try {
      rows.insert(Revision.of(known, edit, clock.instant()));
    } catch (SQLException e) {
      if (!Engine.isDuplicate(e)) {
        throw e;
      }
      // The lock holds other controls off, and the number holds off whoever has passed it by.
      connection.rollback();
      return new Outcome.Conflict(now.revision(), rows.latest());
    }
    rows.use(unused);
    rows.apply(diff, seals.keyOf(sealed));
    transactions.commit(connection, next.revision(), states);
    states.wrote(known);
    return new Outcome.Written(known.state());
  }

  /**
   * Changes the present state, again and again until no other writer is between.
   *
   * @return the state that has the change
   * @throws InvalidValueException where the change brings back a key that was used before
   * @throws E where the change can't be made
   * @throws StoreException as {@link #write} does, and where others are between too often
   */
  public <E extends Exception> FleetState change(Edit edit, Change<E> change)
      throws E, StoreException {
    for (int i = 0; i < MOST_TRIES; i++) {
      FleetState now = latest();
      switch (write(change.of(now).at(now.revision() + 1), edit)) {
        case Outcome.Written written -> {
          return written.state();
        }
        case Outcome.Unchanged unchanged -> {
          return unchanged.state();
        }
        case Outcome.Conflict conflict -> {
          // Another's revision is there now: once more, on that.
        }
      }
    }
    throw new StoreException(
        "others changed the state " + MOST_TRIES + " times before this change: try again");
  }

  /**
   * Seals everything in the store under a new key. Other controls can go on when they have the new
   * key file, and change nothing before.
   *
   * @param edit who does it, for the audit log
   * @return the new key, which is in the file alone when this returns
   * @throws StoreException where the store or the key file can't be written; the key file opens the
   *     store then too, and what is under the old key yet is sealed anew at the next start
   */
  public FleetKey rotateKey(Edit edit) throws StoreException {
    return keyChange.make(edit);
  }

  /**
   * From now on it is heard at once what other controls of this store do. An H2 store has one
   * control, which hears nothing of itself. To be called once.
   *
   * @param wrote is told, on a thread of its own which it mustn't block, where a control has
   *     written a revision or removed a node, and now and then for nothing
   * @param hearer of what is called, on the same thread
   */
  public void listen(Runnable wrote, Calls.Hearer hearer) {
    transactions.listen(wrote, text -> calls.heard(text, hearer));
  }

  /** What its controls say to each other. */
  public Calls calls() {
    return calls;
  }

  /** What has passed through the nodes, which is no part of the state. */
  public Traffic traffic() {
    return traffic;
  }

  /** Lets another control have it. */
  @Override
  public void close() {
    calls.close();
    transactions.close();
    if (hold != null) {
      hold.close();
    }
  }

  private Map<String, Succession.NewKey> unused(
      Rows rows, List<Succession.NewKey> keys, Fingerprints fingerprints) throws SQLException {
    Map<String, Succession.NewKey> byFingerprint = new LinkedHashMap<>();
    keys.forEach(key -> byFingerprint.put(fingerprints.of(key.key().secret()), key));
    Map<String, String> used = rows.used(byFingerprint.keySet());
    for (Map.Entry<String, String> entry : used.entrySet()) {
      Succession.NewKey key = byFingerprint.get(entry.getKey());
      if (key != null) {
        throw new InvalidValueException(
            "secrets." + key.secret() + ".keys." + key.key().generation(),
            "has a key that \"" + entry.getValue() + "\" had before: a new key would be right");
      }
    }
    return byFingerprint;
  }
}
