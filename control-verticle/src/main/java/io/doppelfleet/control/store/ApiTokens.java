package io.doppelfleet.control.store;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Tokens by which programs use the API; the store has hashes of them alone. Safe for use by many
 * threads, all of which it may block: none may be an event loop.
 */
public final class ApiTokens {
  private final Transactions transactions;
  private final Clock clock;

  ApiTokens(Transactions transactions, Clock clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * Adds one, where its name isn't that of one that is good yet.
   *
   * @param hash hex of SHA-256
   * @return whether the name is free
   * @throws EndedException where who makes it has ended
   * @throws StoreException where the store is away
   */
  public boolean add(String name, Role role, Maker by, Instant ends, String hash)
      throws StoreException {
    return transactions.run(
        "the token can't be written",
        (connection, rows) -> {
          Transactions.locked(rows); // or its maker ends in between
          TokenRows tokens = new TokenRows(connection);
          tokens.purge(now());
          String root = tokens.root(by, now());
          if (!tokens.named(name).isEmpty()) {
            return false;
          }
          tokens.insert(
              new ApiToken(name, role, now(), by.author(), ends),
              hash,
              root,
              by instanceof Maker.Program program ? program.token() : null);
          transactions.commit(connection);
          return true;
        });
  }

  /**
   * The token that a program brings; empty where there is none, or it has ended.
   *
   * @throws StoreException where the store is away
   */
  public Optional<ApiToken> of(String hash) throws StoreException {
    return transactions.run(
        "the token can't be read",
        (connection, rows) ->
            new TokenRows(connection)
                .hashed(hash).stream().filter(token -> token.ends().isAfter(now())).findFirst());
  }

  /**
   * All, by their names, those too that have ended of late.
   *
   * @throws StoreException where the store is away
   */
  public List<ApiToken> all() throws StoreException {
    return transactions.run(
        "the tokens can't be read", (connection, rows) -> new TokenRows(connection).all());
  }

  /**
   * Makes one good for nothing, those that it made, and those that these made.
   *
   * @return whether there was one of this name
   * @throws StoreException where the store is away
   */
  public boolean remove(String name) throws StoreException {
    return transactions.run(
        "the token can't be revoked",
        (connection, rows) -> {
          Transactions.locked(rows); // or it makes another in between
          boolean removed = new TokenRows(connection).remove(name);
          transactions.commit(connection);
          return removed;
        });
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
