package io.doppelfleet.control.store;

import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * People who may use the API, and the sessions of their browsers. What is secret comes here as a
 * hash. Safe for use by many threads, all of which it may block: none may be an event loop.
 */
public final class Accounts {
  /** Who does what nobody asked for, as the first revision has it. */
  private static final String OURS = "doppelfleet";

  private final Transactions transactions;
  private final Clock clock;

  Accounts(Transactions transactions, Clock clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * Makes one, whose password is set by who brings the invitation.
   *
   * @param invitation hex of SHA-256
   * @return the version of all that has it; empty where somebody has the name
   * @throws EndedException where who makes it has ended
   * @throws SeenException where others were changed since they were seen
   * @throws StoreException where the store is away
   */
  public OptionalLong add(String name, Role role, String invitation, Instant until, Intent intent)
      throws StoreException {
    return transactions.run(
        "the account can't be written",
        (connection, rows) -> {
          Transactions.locked(rows); // or its maker ends in between
          new TokenRows(connection).root(intent.by(), now());
          new AuditRows(connection).check(Kind.ACCOUNT, intent.seen());
          AccountRows accounts = new AccountRows(connection);
          if (accounts.named(name).isPresent()) {
            return OptionalLong.empty();
          }
          accounts.insert(name, role, now());
          accounts.invite(name, invitation, until);
          return changed(connection, intent.edit("added account " + name), name, null);
        });
  }

  /**
   * Lets who brings the invitation set another password; until then the present one is good.
   *
   * @return the version of all that has it; empty where there is none of this name
   * @throws EndedException where who invites has ended
   * @throws SeenException where others were changed since they were seen
   * @throws StoreException where the store is away
   */
  public OptionalLong invite(String name, String invitation, Instant until, Intent intent)
      throws StoreException {
    return transactions.run(
        "the invitation can't be written",
        (connection, rows) -> {
          Transactions.locked(rows);
          new TokenRows(connection).root(intent.by(), now());
          new AuditRows(connection).check(Kind.ACCOUNT, intent.seen());
          AccountRows accounts = new AccountRows(connection);
          Optional<Account> before = accounts.named(name);
          if (before.isEmpty()) {
            return OptionalLong.empty();
          }
          accounts.invite(name, invitation, until);
          return changed(connection, intent.edit("invited " + name), name, before.get());
        });
  }

  /**
   * Makes the first one, or invites it anew, as long as nobody has a password: an administrator,
   * whatever the account was before.
   *
   * @return whether it did
   * @throws StoreException where the store is away
   */
  public boolean begin(String name, String invitation, Instant until) throws StoreException {
    return transactions.run(
        "the first account can't be written",
        (connection, rows) -> {
          Transactions.locked(rows);
          AccountRows accounts = new AccountRows(connection);
          if (accounts.all().stream().anyMatch(account -> account.password() != null)) {
            return false;
          }
          Optional<Account> before = accounts.named(name);
          if (before.isEmpty()) {
            accounts.insert(name, Role.ADMIN, now());
          } else {
            accounts.setRole(name, Role.ADMIN);
          }
          accounts.invite(name, invitation, until);
          Edit edit = new Edit(OURS, "", "invited " + name + ", as nobody has a password yet");
          return changed(connection, edit, name, before.orElse(null)).isPresent();
        });
  }

  /**
   * Whom an invitation that has not ended is for.
   *
   * @throws StoreException where the store is away
   */
  public Optional<Account> invited(String invitation) throws StoreException {
    return transactions.run(
        "the invitation can't be read",
        (connection, rows) -> new AccountRows(connection).invited(invitation, now()));
  }

  /**
   * Sets the password of whom the invitation is for: the invitation is good for nothing then, and
   * their sessions end.
   *
   * @param totp whether a code was needed when it was looked at
   * @param password its hash
   * @param origin from where it was brought
   * @return whose it is, with that password; empty where the invitation has ended or was used, or
   *     whether a code is needed has changed
   * @throws StoreException where the store is away
   */
  public Optional<Account> accept(String invitation, boolean totp, String password, String origin)
      throws StoreException {
    return transactions.run(
        "the password can't be written",
        (connection, rows) -> {
          Transactions.locked(rows); // of two who bring it one is too late
          AccountRows accounts = new AccountRows(connection);
          Optional<Account> invited =
              accounts.invited(invitation, now()).filter(account -> account.totp() == totp);
          if (invited.isEmpty()) {
            return invited;
          }
          String name = invited.get().name();
          accounts.setPassword(name, password);
          accounts.endSessions(name);
          Edit edit = new Edit(name, origin, "set a password by an invitation");
          changed(connection, edit, name, invited.get());
          return accounts.named(name);
        });
  }

  /**
   * The one of this name.
   *
   * @throws StoreException where the store is away
   */
  public Optional<Account> named(String name) throws StoreException {
    return transactions.run(
        "the account can't be read", (connection, rows) -> new AccountRows(connection).named(name));
  }

  /**
   * All, by their names.
   *
   * @throws StoreException where the store is away
   */
  public List<Account> all() throws StoreException {
    return transactions.run(
        "the accounts can't be read", (connection, rows) -> new AccountRows(connection).all());
  }

  /**
   * The account goes, its sessions, the tokens that it made, and those that these made, whether or
   * not what made them is there yet.
   *
   * @return the version of all that are left; empty where there was none of this name
   * @throws SeenException where others were changed since they were seen
   * @throws StoreException where the store is away
   */
  public OptionalLong remove(String name, Intent intent) throws StoreException {
    return transactions.run(
        "the account can't be removed",
        (connection, rows) -> {
          Transactions.locked(rows); // or it makes another token in between
          new AuditRows(connection).check(Kind.ACCOUNT, intent.seen());
          AccountRows accounts = new AccountRows(connection);
          Optional<Account> before = accounts.named(name);
          if (before.isEmpty()) {
            return OptionalLong.empty();
          }
          Edit edit = intent.edit("removed account " + name);
          accounts.remove(name);
          new TokenRows(connection).removeOf(name, edit, now());
          return changed(connection, edit, name, before.get());
        });
  }

  /**
   * A browser of somebody who said their password. Of many the oldest end.
   *
   * @param checked as it was when the password was looked at
   * @param hash hex of SHA-256 of what the browser has
   * @param origin where the browser is
   * @return whether the account is there, and that password is its password yet, and a code no more
   *     needed than it was then
   * @throws StoreException where the store is away
   */
  public boolean open(Account checked, String hash, Instant until, String origin)
      throws StoreException {
    return transactions.run(
        "the session can't be written",
        (connection, rows) -> {
          Transactions.locked(rows); // or another password is set in between, which ends sessions
          AccountRows accounts = new AccountRows(connection);
          Optional<Account> present = accounts.named(checked.name());
          if (present.isEmpty()
              || !Objects.equals(present.get().password(), checked.password())
              || present.get().totp() != checked.totp()) {
            return false;
          }
          String name = checked.name();
          accounts.open(name, hash, until, now());
          new AuditRows(connection)
              .note(
                  new Edit(name, origin, "signed in"),
                  new Deed(Kind.SESSION, name, null, null),
                  now());
          transactions.commit(connection);
          return true;
        });
  }

  /**
   * Whose session it is; empty where it has ended.
   *
   * @throws StoreException where the store is away
   */
  public Optional<Account> session(String hash) throws StoreException {
    return transactions.run(
        "the session can't be read",
        (connection, rows) -> new AccountRows(connection).session(hash, now()));
  }

  /**
   * Ends a session, if it is there.
   *
   * @throws StoreException where the store is away
   */
  public void close(String hash) throws StoreException {
    transactions.run(
        "the session can't be ended",
        (connection, rows) -> {
          new AccountRows(connection).close(hash);
          transactions.commit(connection);
          return null;
        });
  }

  /** Writes what was changed of one, and keeps all that was done. */
  private OptionalLong changed(
      Connection connection, Edit edit, String name, @Nullable Account before)
      throws SQLException, UnknownException {
    JsonObject after = new AccountRows(connection).named(name).map(Accounts::view).orElse(null);
    Deed deed = new Deed(Kind.ACCOUNT, name, before == null ? null : view(before), after);
    OptionalLong version = OptionalLong.of(new AuditRows(connection).changed(edit, deed, now()));
    transactions.commit(connection);
    return version;
  }

  /** Without hashes. */
  private static JsonObject view(Account account) {
    JsonObject view =
        new JsonObject()
            .put("role", account.role().word())
            .put("password", account.password() != null)
            .put("totp", account.totp());
    Instant invited = account.invited();
    return invited == null ? view : view.put("invited", invited.toString());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
