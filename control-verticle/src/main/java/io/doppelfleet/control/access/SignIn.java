package io.doppelfleet.control.access;

import io.doppelfleet.control.store.Account;
import io.doppelfleet.control.store.Accounts;
import io.doppelfleet.control.store.Audit;
import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.control.store.Edit;
import io.doppelfleet.control.store.Maker;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.Octets;
import io.micrometer.core.instrument.Counter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How people come in: by a password, or by an invitation to set one, and by a code where they have
 * to say one. Whatever is tried counts for one throttle. Blocks its threads.
 */
public final class SignIn {
  private static final Logger LOG = LoggerFactory.getLogger(SignIn.class);

  /** A working day; whoever works longer says the password again. */
  private static final Duration SESSION = Duration.ofHours(12);

  private static final int BUSY_SECONDS = 1;

  private final Accounts accounts;
  private final Audit audit;
  private final Passwords passwords;
  private final Codes codes;
  private final Throttle throttle = new Throttle(System::nanoTime);
  private final Clock clock;
  private final RandomGenerator random;
  private final Counter refused;

  private SignIn(
      Store store, Clock clock, RandomGenerator random, PasswordCost cost, Counter refused) {
    this.accounts = store.access().accounts();
    this.audit = store.audit();
    this.passwords = new Passwords(random, cost);
    this.codes = new Codes(store.access().factors(), clock, random);
    this.clock = clock;
    this.random = random;
    this.refused = refused;
  }

  /**
   * For this store's accounts: where somebody has signed in of late none is a stranger.
   *
   * @param random must be unpredictable
   * @param cost of passwords that are set
   * @param refused counts tries that were put off for there were too many
   */
  public static SignIn begin(
      Store store, Clock clock, RandomGenerator random, PasswordCost cost, Counter refused) {
    SignIn signIn = new SignIn(store, clock, random, cost, refused);
    Instant now = clock.instant();
    try {
      store
          .audit()
          .signedIn(now.minus(Throttle.KNOWN), Throttle.MOST_KNOWN)
          .forEach((origin, at) -> signIn.throttle.remember(origin, Duration.between(at, now)));
    } catch (StoreException e) {
      LOG.warn("all who sign in are strangers at first: {}", e.getMessage());
    }
    return signIn;
  }

  /** What came of it. */
  public sealed interface Outcome {
    /**
     * Somebody is in.
     *
     * @param session what their browser has
     */
    record In(Account account, String session) implements Outcome {}

    /** What codes are to be made of, when one was said. */
    record Begun(String base32, String uri) implements Outcome {}

    /** Codes have to be said from now on, or one of these in place of each. */
    record Confirmed(List<String> recovery) implements Outcome {}

    /** No code has to be said any more. */
    record Ended() implements Outcome {}

    /** It is their password. */
    record Right() implements Outcome {}

    /** That isn't right, and it isn't said what of it. */
    record Wrong() implements Outcome {}

    /** The rest is right, and a code has to be said too. */
    record CodeNeeded() implements Outcome {}

    /** The rest is right, and the code isn't. */
    record WrongCode() implements Outcome {}

    /** Codes have to be said already. */
    record HasCodes() implements Outcome {}

    /** Too many have tried. */
    record Later(int seconds) implements Outcome {}
  }

  /** What is done when what was tried is right. */
  private interface Next {
    Outcome of() throws StoreException;
  }

  /**
   * By a password.
   *
   * @param code null: none is said
   * @param address who tries
   * @throws StoreException where the store is away
   */
  public Outcome byPassword(String name, String password, @Nullable String code, String address)
      throws StoreException {
    return tried(
        name,
        address,
        () -> {
          Account account = accounts.named(name).orElse(null);
          Outcome no = refusal(account, name, password, address);
          if (no != null || account == null) {
            return no == null ? new Outcome.Wrong() : no;
          }
          no = codeRefusal(account, code, address);
          return no == null ? in(account, address) : no;
        });
  }

  /**
   * Whether somebody who is in knows their password, as none does who has but their session.
   *
   * @throws StoreException where the store is away
   */
  public Outcome again(String name, String password, String address) throws StoreException {
    return tried(
        name,
        address,
        () -> {
          Outcome no = refusal(accounts.named(name).orElse(null), name, password, address);
          return no == null ? new Outcome.Right() : no;
        });
  }

  /**
   * Begins to have somebody who is in say codes; nobody else than who knows their password does.
   *
   * @throws StoreException where the store is away
   */
  public Outcome beginCodes(String name, String password, String address) throws StoreException {
    return tried(
        name,
        address,
        () -> {
          Outcome no = refusal(accounts.named(name).orElse(null), name, password, address);
          if (no != null) {
            return no;
          }
          Octets seed = codes.begin(name).orElse(null);
          return seed == null
              ? new Outcome.HasCodes()
              : new Outcome.Begun(Totp.base32(seed), Totp.uri(name, seed));
        });
  }

  /**
   * Has them say codes from now on, with a code that shows that they can; their other browsers are
   * out then.
   *
   * @throws StoreException where the store is away
   */
  public Outcome confirmCodes(Maker.Person person, String code, String address)
      throws StoreException {
    return tried(
        person.author(),
        address,
        () -> {
          List<String> recovery = codes.confirm(person, code, address);
          return recovery.isEmpty() ? new Outcome.WrongCode() : new Outcome.Confirmed(recovery);
        });
  }

  /**
   * Whether somebody who is in has said a code, which is good for nothing then.
   *
   * @throws StoreException where the store is away
   */
  public Outcome endCodes(String name, String code, String address) throws StoreException {
    return tried(
        name,
        address,
        () -> {
          Outcome no = codeRefusal(name, code, address);
          return no == null ? new Outcome.Ended() : no;
        });
  }

  /** Takes a try, and gives it back where what was tried was right or nothing was looked at. */
  private Outcome tried(String name, String address, Next next) throws StoreException {
    int wait = throttle.take(address, name);
    if (wait > 0) {
      return later(wait);
    }
    Outcome outcome;
    try {
      outcome = next.of();
    } catch (StoreException | RuntimeException e) {
      throttle.giveBack(address, name);
      throw e;
    }
    switch (outcome) {
      case Outcome.Wrong _ -> {} // it counts, and so does this
      case Outcome.WrongCode _ -> {
        LOG.debug("a code was wrong, from {}", address);
        note("a code was wrong", name, address);
      }
      case Outcome.Later _, Outcome.CodeNeeded _, Outcome.HasCodes _ ->
          throttle.giveBack(address, name);
      case Outcome.In _, Outcome.Begun _, Outcome.Confirmed _, Outcome.Ended _, Outcome.Right _ ->
          throttle.succeeded(address, name);
    }
    return outcome;
  }

  private Outcome later(int seconds) {
    refused.increment();
    return new Outcome.Later(seconds);
  }

  /** Null: it is theirs. */
  private @Nullable Outcome refusal(
      @Nullable Account account, String name, String password, String address) {
    if (!passwords.begin()) {
      return later(BUSY_SECONDS);
    }
    boolean right;
    try {
      int wait = throttle.takeLook(address, name);
      if (wait > 0) {
        return later(wait);
      }
      right = passwords.matches(password, account == null ? null : account.password());
    } finally {
      passwords.end();
    }
    if (account != null && right) {
      return null;
    }
    LOG.debug("a password was wrong, from {}", address);
    // A name that is none isn't written: it may be somebody's password.
    note("a password was wrong", account == null ? "" : account.name(), address);
    return new Outcome.Wrong();
  }

  /** Null: it is right, or none is needed. */
  private @Nullable Outcome codeRefusal(Account account, @Nullable String code, String address)
      throws StoreException {
    if (!account.totp()) { // that it is so yet is looked at when they are let in
      return null;
    }
    return code == null ? new Outcome.CodeNeeded() : codeRefusal(account.name(), code, address);
  }

  /**
   * Null: it is right. Of one account few are tried, but for recovery codes, which nobody guesses:
   * whoever has found out a password doesn't keep its owner from these.
   */
  private @Nullable Outcome codeRefusal(String name, String code, String address)
      throws StoreException {
    if (codes.isRecovery(code)) {
      return codes.take(name, code, address) ? null : new Outcome.WrongCode();
    }
    int wait = throttle.takeCode(address, name);
    if (wait > 0) {
      return later(wait);
    }
    boolean wrong = false;
    try {
      wrong = !codes.take(name, code, address);
    } finally {
      if (!wrong) {
        throttle.giveBackCode(address, name);
      }
    }
    return wrong ? new Outcome.WrongCode() : null;
  }

  /** Where it can't be written who tried is told all the same, and the try counts. */
  private void note(String what, String subject, String address) {
    try {
      audit.note(new Edit("", address, what), new Deed(Kind.SESSION, subject, null, null));
    } catch (StoreException e) {
      LOG.warn("{}, which the audit log doesn't have: {}", what, e.getMessage());
    }
  }

  /**
   * By an invitation, which sets the password and is good for nothing then. Nobody guesses one, so
   * who has one waits for nobody who tries, but where a code has to be said too.
   *
   * @param code null: none is said
   * @param address who tries
   * @throws StoreException where the store is away
   */
  public Outcome byInvitation(
      String invitation, String password, @Nullable String code, String address)
      throws StoreException {
    String hash = Credential.hash(invitation);
    Account invited =
        Credential.INVITATION.isPerhaps(invitation) ? accounts.invited(hash).orElse(null) : null;
    if (invited == null) {
      LOG.debug("an invitation was wrong, from {}", address);
      return new Outcome.Wrong();
    }
    Next next = () -> accepted(invited, hash, password, code, address);
    return invited.totp() ? tried(invited.name(), address, next) : next.of();
  }

  private Outcome accepted(
      Account invited, String hash, String password, @Nullable String code, String address)
      throws StoreException {
    if (invited.totp() && code == null) { // before a processor takes its time
      return new Outcome.CodeNeeded();
    }
    if (!passwords.begin()) {
      return later(BUSY_SECONDS);
    }
    String kept;
    try {
      Outcome no = codeRefusal(invited, code, address); // a code is good once: none is lost now
      if (no != null) {
        return no;
      }
      kept = passwords.hash(password);
    } finally {
      passwords.end();
    }
    Optional<Account> accepted = accounts.accept(hash, invited.totp(), kept, address);
    if (accepted.isEmpty()) {
      return new Outcome.Wrong(); // somebody was faster
    }
    throttle.welcome(address);
    LOG.info("{} has set a password by an invitation", accepted.get().name());
    return in(accepted.get(), address);
  }

  private Outcome in(Account account, String address) throws StoreException {
    String session = Credential.SESSION.create(random);
    Instant until = clock.instant().plus(SESSION).truncatedTo(ChronoUnit.SECONDS);
    if (!accounts.open(account, Credential.hash(session), until, address)) {
      return new Outcome.Wrong(); // another password was set meanwhile
    }
    LOG.info("{} has signed in", account.name());
    return new Outcome.In(account, session);
  }
}
