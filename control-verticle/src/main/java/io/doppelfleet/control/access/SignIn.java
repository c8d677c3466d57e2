package io.doppelfleet.control.access;

import io.doppelfleet.control.store.Account;
import io.doppelfleet.control.store.Accounts;
import io.doppelfleet.control.store.Audit;
import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.control.store.Edit;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How people come in: by a password, or by an invitation to set one. Blocks its threads. */
public final class SignIn {
  private static final Logger LOG = LoggerFactory.getLogger(SignIn.class);

  /** A working day; whoever works longer says the password again. */
  private static final Duration SESSION = Duration.ofHours(12);

  private static final int BUSY_SECONDS = 1;

  private final Accounts accounts;
  private final Audit audit;
  private final Passwords passwords;
  private final Throttle throttle = new Throttle(System::nanoTime);
  private final Clock clock;
  private final RandomGenerator random;

  /**
   * For this store's accounts.
   *
   * @param random must be unpredictable
   */
  public SignIn(Store store, Clock clock, RandomGenerator random) {
    this.accounts = store.access().accounts();
    this.audit = store.audit();
    this.passwords = new Passwords(random);
    this.clock = clock;
    this.random = random;
  }

  /** What came of it. */
  public sealed interface Outcome {
    /**
     * Somebody is in.
     *
     * @param session what their browser has
     */
    record In(Account account, String session) implements Outcome {}

    /** That isn't right, and it isn't said what of it. */
    record Wrong() implements Outcome {}

    /** Too many have tried. */
    record Later(int seconds) implements Outcome {}
  }

  /**
   * By a password.
   *
   * @param address who tries
   * @throws StoreException where the store is away
   */
  public Outcome byPassword(String name, String password, String address) throws StoreException {
    int wait = throttle.take(address, name);
    if (wait > 0) {
      return new Outcome.Later(wait);
    }
    Optional<Account> named;
    try {
      named = accounts.named(name);
    } catch (StoreException | RuntimeException e) {
      throttle.giveBack(address, name);
      throw e;
    }
    if (!passwords.begin()) {
      throttle.giveBack(address, name); // nothing was looked at
      return new Outcome.Later(BUSY_SECONDS);
    }
    boolean right;
    try {
      right = passwords.matches(password, named.map(Account::password).orElse(null));
    } finally {
      passwords.end();
    }
    if (named.isEmpty() || !right) {
      LOG.debug("a password was wrong, from {}", address);
      // A name that is none isn't written: it may be somebody's password.
      String known = named.map(Account::name).orElse("");
      audit.note(
          new Edit("", address, "a password was wrong"), new Deed(Kind.SESSION, known, null, null));
      return new Outcome.Wrong();
    }
    Outcome outcome = in(named.get(), address);
    if (outcome instanceof Outcome.In) {
      throttle.succeeded(address, name);
    }
    return outcome;
  }

  /**
   * By an invitation, which sets the password and is good for nothing then. Nobody guesses one, so
   * who has one waits for nobody who tries.
   *
   * @param address who tries
   * @throws StoreException where the store is away
   */
  public Outcome byInvitation(String invitation, String password, String address)
      throws StoreException {
    String hash = Credential.hash(invitation);
    if (!Credential.INVITATION.isPerhaps(invitation) || accounts.invited(hash).isEmpty()) {
      LOG.debug("an invitation was wrong, from {}", address);
      return new Outcome.Wrong();
    }
    String kept;
    if (!passwords.begin()) {
      return new Outcome.Later(BUSY_SECONDS);
    }
    try {
      kept = passwords.hash(password);
    } finally {
      passwords.end();
    }
    Optional<Account> accepted = accounts.accept(hash, kept, address);
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
