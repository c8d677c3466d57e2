package io.doppelfleet.control.access;

import io.doppelfleet.control.store.Maker;
import io.doppelfleet.control.store.SecondFactors;
import io.doppelfleet.control.store.Seed;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.Octets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What people say beside their passwords: codes of an app, or of a list in their place. */
final class Codes {
  private static final int RECOVERY_COUNT = 10;

  /**
   * Of RFC 4648's 32 letters: 80 bits, which nobody guesses, so that a plain hash of them will do.
   */
  private static final int RECOVERY_LENGTH = 16;

  private static final int GROUP = 4;

  private final SecondFactors factors;
  private final Totp totp = new Totp();
  private final Clock clock;
  private final RandomGenerator random;

  /** With what seeds are made of, which must be unpredictable. */
  Codes(SecondFactors factors, Clock clock, RandomGenerator random) {
    this.factors = factors;
    this.clock = clock;
    this.random = random;
  }

  /** Whether what somebody says is as those of the list are, and no code of now can be. */
  boolean isRecovery(String said) {
    return plain(said).length() == RECOVERY_LENGTH;
  }

  /** Takes what somebody says, once: a code of now, or one of the list. */
  boolean take(String account, String said, String origin) throws StoreException {
    Optional<Seed> seed = factors.of(account).filter(Seed::isConfirmed);
    if (seed.isEmpty()) {
      return false;
    }
    String code = plain(said);
    long step = totp.step(seed.get().bytes(), code, clock.instant(), seed.get().step());
    return step > 0
        ? factors.take(account, step)
        : isRecovery(code) && factors.takeRecovery(account, Credential.hash(code), origin);
  }

  /** As it was made, however it was typed: keyboards have digits of their scripts. */
  private static String plain(String said) {
    StringBuilder plain = new StringBuilder();
    said.replaceAll("[\\s-]", "")
        .toUpperCase(Locale.ROOT)
        .codePoints()
        .map(each -> Character.isDigit(each) ? '0' + Character.digit(each, 10) : each)
        .forEach(plain::appendCodePoint);
    return plain.toString();
  }

  /** What codes are to be made of, and are when one was said; empty: they are of something yet. */
  Optional<Octets> begin(String account) throws StoreException {
    Octets seed = bytes(Totp.SEED_LENGTH);
    return factors.begin(account, seed) ? Optional.of(seed) : Optional.empty();
  }

  /** With a code of it: the list of those that are good in place of codes; empty: it is wrong. */
  List<String> confirm(Maker.Person person, String said, String origin) throws StoreException {
    Optional<Seed> seed = factors.of(person.author()).filter(each -> !each.isConfirmed());
    if (seed.isEmpty()) {
      return List.of();
    }
    long step = totp.step(seed.get().bytes(), plain(said), clock.instant(), seed.get().step());
    if (step == 0) {
      return List.of();
    }
    List<String> list = new ArrayList<>();
    for (int i = 0; i < RECOVERY_COUNT; i++) {
      list.add(Totp.base32(bytes(RECOVERY_LENGTH * 5 / 8)));
    }
    List<String> hashes = list.stream().map(Credential::hash).toList();
    return factors.confirm(person, seed.get(), step, hashes, origin)
        ? list.stream().map(Codes::grouped).toList()
        : List.of();
  }

  private static String grouped(String code) {
    return code.replaceAll("(.{" + GROUP + "})(?=.)", "$1-");
  }

  private Octets bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Octets.of(bytes);
  }
}
