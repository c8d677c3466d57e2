package io.doppelfleet.control.api;

import io.doppelfleet.control.access.Credential;
import io.doppelfleet.control.store.Account;
import io.doppelfleet.control.store.ApiToken;
import io.doppelfleet.control.store.Maker;
import io.doppelfleet.control.store.Role;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, as the history names them.
 *
 * @param author who
 * @param origin from where: an address, or {@code unix}
 * @param role what they may; null: nobody knows them, and they may sign in
 * @param session what their browser has; null: they came by other means
 * @param known by what they are known; null: nobody knows them
 */
public record Caller(
    String author,
    String origin,
    @Nullable Role role,
    @Nullable String session,
    @Nullable Maker known) {
  /** The machine's user, who can open the socket. */
  public static Caller owner() {
    String user = System.getProperty("user.name", "owner");
    return new Caller(user, "unix", Role.ADMIN, null, new Maker.Owner(user));
  }

  static Caller nobody(String origin) {
    return new Caller("", origin, null, null, null);
  }

  static Caller person(Account account, String origin, String session) {
    String name = account.name();
    Maker known = new Maker.Person(name, Credential.hash(session));
    return new Caller(name, origin, account.role(), session, known);
  }

  static Caller program(ApiToken token, String origin, String hash) {
    String author = ApiToken.author(token.name());
    return new Caller(author, origin, token.role(), null, new Maker.Program(author, hash));
  }

  /** Who makes what somebody makes who may. */
  Maker maker() {
    return Objects.requireNonNull(known); // nobody may make anything
  }

  /** The same text for the same caller in each of their calls, and nobody else's. */
  String identity() {
    return switch (maker()) {
      case Maker.Owner owner -> "unix " + owner.author();
      case Maker.Person person -> "account " + person.author();
      case Maker.Program program -> "token " + program.token();
    };
  }

  /** What is secret stays out. */
  @Override
  public String toString() {
    return "Caller[author=" + author + ", role=" + role + "]";
  }
}
