package io.doppelfleet.control.store;

import io.doppelfleet.control.seal.Seals;
import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.fleet.Octets;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What people have to say beside their passwords: what codes are made of is sealed, of recovery
 * codes there are hashes. Safe for use by many threads, all of which it may block: none may be an
 * event loop.
 */
public final class SecondFactors {
  private static final String UNWRITABLE = "the account's codes can't be written";

  private final Transactions transactions;
  private final Seals seals;
  private final Clock clock;

  SecondFactors(Transactions transactions, Seals seals, Clock clock) {
    this.transactions = transactions;
    this.seals = seals;
    this.clock = clock;
  }

  /**
   * What an account's codes are made of; empty where there is nothing.
   *
   * @throws StoreException where the store is away
   */
  public Optional<Seed> of(String account) throws StoreException {
    return transactions.read(
        "the account's codes can't be read",
        (connection, rows) -> Optional.ofNullable(new SeedRows(connection, seals).of(account)));
  }

  /**
   * How many recovery codes are left.
   *
   * @throws StoreException where the store is away
   */
  public int recoveryLeft(String account) throws StoreException {
    return transactions.run(
        "the account's codes can't be read",
        (connection, rows) -> new SeedRows(connection, seals).recoveryLeft(account));
  }

  /**
   * Keeps what codes are to be made of, in place of what isn't confirmed yet.
   *
   * @return whether nothing was confirmed
   * @throws StoreException where the store is away
   */
  public boolean begin(String account, Octets seed) throws StoreException {
    return transactions.read(
        UNWRITABLE,
        (connection, rows) -> {
          byte[] sealed = Transactions.locked(rows);
          SeedRows seeds = new SeedRows(connection, seals);
          Seed present = seeds.of(account);
          if (present != null && present.isConfirmed()) {
            return false;
          }
          seeds.write(account, seed, seals.keyOf(sealed));
          transactions.commit(connection);
          return true;
        });
  }

  /**
   * From now on the account's owner has to say a code: they have said one. Sessions that the
   * password alone opened end, but that in which they said it.
   *
   * @param person whose account it is
   * @param seed of which the code was
   * @param step of the code
   * @param recovery hex of SHA-256 of each
   * @return whether that is so; false: it was so already, or there is another seed meanwhile
   * @throws StoreException where the store is away
   */
  public boolean confirm(
      Maker.Person person, Seed seed, long step, List<String> recovery, String origin)
      throws StoreException {
    String account = person.author();
    return transactions.read(
        UNWRITABLE,
        (connection, rows) -> {
          Transactions.locked(rows);
          SeedRows seeds = new SeedRows(connection, seals);
          Seed present = seeds.of(account);
          if (present == null || present.isConfirmed() || !present.bytes().equals(seed.bytes())) {
            return false;
          }
          seeds.confirm(account, now());
          seeds.recovery(account, recovery);
          if (!seeds.take(account, step)) {
            return false;
          }
          new AccountRows(connection).endOtherSessions(account, person.session());
          write(connection, new Edit(account, origin, "says codes from now on"), account, true);
          return true;
        });
  }

  /**
   * Takes a code, which is good for nothing then.
   *
   * @param step of the code
   * @return whether neither it nor a later one was taken before
   * @throws StoreException where the store is away
   */
  public boolean take(String account, long step) throws StoreException {
    return transactions.run(
        UNWRITABLE,
        (connection, rows) -> {
          boolean taken = new SeedRows(connection, seals).take(account, step);
          transactions.commit(connection);
          return taken;
        });
  }

  /**
   * Takes a recovery code, which is good for nothing then.
   *
   * @param hash hex of SHA-256
   * @return whether it is one of the account's
   * @throws StoreException where the store is away
   */
  public boolean takeRecovery(String account, String hash, String origin) throws StoreException {
    return transactions.run(
        UNWRITABLE,
        (connection, rows) -> {
          Transactions.locked(rows);
          if (!new SeedRows(connection, seals).takeRecovery(account, hash)) {
            return false;
          }
          new AuditRows(connection)
              .note(
                  new Edit(account, origin, "used a recovery code"),
                  new Deed(Kind.ACCOUNT, account, null, null), // nobody who fails pushes it out
                  now());
          transactions.commit(connection);
          return true;
        });
  }

  /**
   * The account's owner has to say no code any more.
   *
   * @return the version of all accounts since; empty where none had to be said
   * @throws SeenException where others were changed since they were seen
   * @throws StoreException where the store is away
   */
  public OptionalLong remove(String account, Intent intent) throws StoreException {
    return transactions.run(
        UNWRITABLE,
        (connection, rows) -> {
          Transactions.locked(rows);
          new AuditRows(connection).check(Kind.ACCOUNT, intent.seen());
          if (new AccountRows(connection).named(account).filter(Account::totp).isEmpty()) {
            return OptionalLong.empty();
          }
          new SeedRows(connection, seals).remove(account); // whether or not its key is here yet
          Edit edit = intent.edit("took away the codes of " + account);
          return OptionalLong.of(write(connection, edit, account, false));
        });
  }

  private long write(Connection connection, Edit edit, String account, boolean has)
      throws SQLException, UnknownException {
    Deed deed = new Deed(Kind.ACCOUNT, account, view(!has), view(has));
    long version = new AuditRows(connection).changed(edit, deed, now());
    transactions.commit(connection);
    return version;
  }

  private static JsonObject view(boolean has) {
    return new JsonObject().put("totp", has);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
