package io.doppelfleet.control.access;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Passwords as Argon2id keeps them. At its usual cost a look takes some 50 ms of a processor and 19
 * MiB, so one is done at once. From the first on the library keeps another 19 MiB for good, an
 * empty memory that it copies for each; before there is none. Looks and hashes may not be on an
 * event loop.
 */
final class Passwords {
  private static final int LANES = 1;
  private static final int HASH_LENGTH = 32;
  private static final int SALT_LENGTH = 16;
  private static final int VERSION = 0x13;

  private final Semaphore place = new Semaphore(1);
  private final RandomGenerator random;
  private final PasswordCost cost;

  /**
   * With what salts are made of, which need not be secret.
   *
   * @param cost of those that are hashed from now on; each kept one is looked at by its own
   */
  Passwords(RandomGenerator random, PasswordCost cost) {
    this.random = random;
    this.cost = cost;
  }

  /** Takes the place for a look or a hash; false where somebody has it. */
  boolean begin() {
    return place.tryAcquire();
  }

  /** Gives it back. */
  void end() {
    place.release();
  }

  /** What is kept of a password: a PHC text. */
  String hash(String password) {
    byte[] salt = new byte[SALT_LENGTH];
    random.nextBytes(salt);
    return Password.hash(password).addSalt(salt).with(function()).getResult();
  }

  /** The library makes it once, and all of its memory with it. */
  private Argon2Function function() {
    return Argon2Function.getInstance(
        cost.memoryKib(), cost.iterations(), LANES, HASH_LENGTH, Argon2.ID, VERSION);
  }

  /** Whether it is this one; null is nobody's, and takes as long to be told from it. */
  boolean matches(String password, @Nullable String hash) {
    return hash == null
        ? hash(password).isEmpty()
        : Password.check(password, hash).with(Argon2Function.getInstanceFromHash(hash));
  }
}
