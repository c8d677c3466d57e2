package io.doppelfleet.control.store;

import io.doppelfleet.control.store.AuditEntry.Kind;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

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
   * @return the version of all that has it; empty where the name isn't free
   * @throws EndedException where who makes it has ended
   * @throws SeenException where others were changed since they were seen
   * @throws StoreException where the store is away
   */
  public OptionalLong add(String name, Role role, Intent intent, Instant ends, String hash)
      throws StoreException {
    return transactions.run(
        "the token can't be written",
        (connection, rows) -> {
          Transactions.locked(rows); // or its maker ends in between
          TokenRows tokens = new TokenRows(connection);
          tokens.purge(now());
          Maker by = intent.by();
          String root = tokens.root(by, now());
          new AuditRows(connection).check(Kind.TOKEN, intent.seen());
          if (!tokens.named(name).isEmpty()) {
            return OptionalLong.empty();
          }
          ApiToken token = new ApiToken(name, role, now(), by.author(), ends);
          tokens.insert(token, hash, root, by instanceof Maker.Program made ? made.token() : null);
          long version =
              new AuditRows(connection)
                  .changed(intent.edit("added token " + name), TokenRows.added(token), now());
          transactions.commit(connection);
          return OptionalLong.of(version);
        });
  }

  /**
   * When a token ends that is to end then: no later than the one that makes it.
   *
   * @throws StoreException where the store is away
   */
  public Instant cut(Instant ends, Maker by) throws StoreException {
    if (!(by instanceof Maker.Program program)) {
      return ends;
    }
    return transactions.run(
        "the token can't be read",
        (connection, rows) ->
            new TokenRows(connection)
                .hashed(program.token()).stream()
                    .map(ApiToken::ends)
                    .filter(end -> end.isBefore(ends))
                    .findFirst()
                    .orElse(ends));
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
   * @return the version of all that are left; empty where there was none of this name
   * @throws SeenException where others were changed since they were seen
   * @throws StoreException where the store is away
   */
  public OptionalLong remove(String name, Intent intent) throws StoreException {
    return transactions.run(
        "the token can't be revoked",
        (connection, rows) -> {
          Transactions.locked(rows); // or it makes another in between
          AuditRows audit = new AuditRows(connection);
          audit.check(Kind.TOKEN, intent.seen());
          TokenRows tokens = new TokenRows(connection);
          if (tokens.named(name).isEmpty()) {
            return OptionalLong.empty();
          }
          tokens.remove(name, intent.edit("revoked token " + name), now());
          transactions.commit(connection);
          return OptionalLong.of(audit.version(Kind.TOKEN));
        });
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
