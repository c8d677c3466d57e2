package io.doppelfleet.control.store;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * People who may use the API, and the sessions of their browsers. What is secret comes here as a
 * hash. Safe for use by many threads, all of which it may block: none may be an event loop.
 */
public final class Accounts {
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
   * @return whether nobody has the name
   * @throws EndedException where who makes it has ended
   * @throws StoreException where the store is away
   */
  public boolean add(String name, Role role, String invitation, Instant until, Maker by)
      throws StoreException {
    return transactions.run(
        "the account can't be written",
        (connection, rows) -> {
          Transactions.locked(rows); // or its maker ends in between
          new TokenRows(connection).root(by, now());
          AccountRows accounts = new AccountRows(connection);
          if (accounts.named(name).isPresent()) {
            return false;
          }
          accounts.insert(name, role, now());
          accounts.invite(name, invitation, until);
          transactions.commit(connection);
          return true;
        });
  }

  /**
   * Lets who brings the invitation set another password; until then the present one is good.
   *
   * @return whether there is one of this name
   * @throws EndedException where who invites has ended
   * @throws StoreException where the store is away
   */
  public boolean invite(String name, String invitation, Instant until, Maker by)
      throws StoreException {
    return transactions.run(
        "the invitation can't be written",
        (connection, rows) -> {
          Transactions.locked(rows);
          new TokenRows(connection).root(by, now());
          boolean there = new AccountRows(connection).invite(name, invitation, until);
          transactions.commit(connection);
          return there;
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
          if (accounts.named(name).isEmpty()) {
            accounts.insert(name, Role.ADMIN, now());
          } else {
            accounts.setRole(name, Role.ADMIN);
          }
          accounts.invite(name, invitation, until);
          transactions.commit(connection);
          return true;
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
   * @param password its hash
   * @return whose it is, with that password; empty where the invitation has ended or was used
   * @throws StoreException where the store is away
   */
  public Optional<Account> accept(String invitation, String password) throws StoreException {
    return transactions.run(
        "the password can't be written",
        (connection, rows) -> {
          Transactions.locked(rows); // of two who bring it one is too late
          AccountRows accounts = new AccountRows(connection);
          Optional<Account> invited = accounts.invited(invitation, now());
          if (invited.isPresent()) {
            accounts.setPassword(invited.get().name(), password);
            accounts.endSessions(invited.get().name());
            transactions.commit(connection);
            return accounts.named(invited.get().name());
          }
          return invited;
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
   * @return whether there was one of this name
   * @throws StoreException where the store is away
   */
  public boolean remove(String name) throws StoreException {
    return transactions.run(
        "the account can't be removed",
        (connection, rows) -> {
          Transactions.locked(rows); // or it makes another token in between
          boolean removed = new AccountRows(connection).remove(name);
          if (removed) {
            new TokenRows(connection).removeOf(name);
          }
          transactions.commit(connection);
          return removed;
        });
  }

  /**
   * A browser of somebody who said their password. Of many the oldest end.
   *
   * @param checked as it was when the password was looked at
   * @param hash hex of SHA-256 of what the browser has
   * @return whether the account is there, and that password is its password yet
   * @throws StoreException where the store is away
   */
  public boolean open(Account checked, String hash, Instant until) throws StoreException {
    return transactions.run(
        "the session can't be written",
        (connection, rows) -> {
          Transactions.locked(rows); // or another password is set in between, which ends sessions
          AccountRows accounts = new AccountRows(connection);
          Optional<Account> present = accounts.named(checked.name());
          if (present.isEmpty() || !Objects.equals(present.get().password(), checked.password())) {
            return false;
          }
          accounts.open(checked.name(), hash, until, now());
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

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
