package io.doppelfleet.control.peer;

import io.doppelfleet.control.node.OtherControl;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Other controls that call, and whose letters count. Whoever may use the database can call again
 * what was called before, so a letter counts where its caller has shown that it speaks now, by the
 * challenge of this process that came back, and where its number is greater than the last one's.
 * Once somebody is silent nothing of the past may count, so there is another challenge. For any
 * threads.
 */
final class Callers {
  /**
   * Who has missed three of its letters isn't there, and what it granted nodes of limits has ended,
   * too.
   */
  static final long SILENT_NANOS = 7_000_000_000L;

  /**
   * Who looks for the silent so long after the last time has stood still itself: what they said
   * meanwhile it has yet to hear.
   */
  static final long LATE_NANOS = 5_000_000_000L;

  /**
   * Who hears this control and says nothing between so many of its letters, in 1.2 s at the least,
   * can't be asked. While the store carries none nobody is the quieter for it.
   */
  static final int QUIET_LETTERS = 20;

  /** More are left unheard: a store has two as a rule. */
  private static final int MOST = 16;

  private static final int CHALLENGE_BYTES = 16;

  /** After all that were heard. */
  private static final long UNHEARD = Long.MAX_VALUE;

  private static final Comparator<OtherControl> BY_NUMBER =
      Comparator.comparingInt(OtherControl::number).thenComparing(OtherControl::id);

  private final RandomGenerator random;
  private final Map<String, Caller> callers = new LinkedHashMap<>();
  private String challenge;
  private long looked;
  private long lastTerm;

  /** How many claims to divide were heard: all hear them in one order. */
  private long claims;

  /** In which term this control claims to divide, or did last. */
  private long claim;

  /** The letter that was the first to say so. */
  private long saying = UNHEARD;

  /** Which of all claims that was. */
  private long claimed = UNHEARD;

  /** One that calls, whether or not it has shown that it speaks now. */
  private static final class Caller {
    final Parts parts = new Parts();
    long heard;
    @Nullable String challenge;
    @Nullable OtherControl control;
    boolean counts;

    /** Letters of this control since its last. */
    int quiet;

    /** Whether it heard this control when it said that. */
    boolean hears;

    /** In which term; 0: not. */
    long divides;

    /** Which of all claims that was, and how many letters of this control came since. */
    long claimed;

    int claiming;

    /** Who hears nobody speaks but now and then. */
    boolean isQuiet() {
      return hears && quiet >= QUIET_LETTERS;
    }
  }

  /** What a letter is to be taken for. */
  enum Taken {
    /** Of nobody who has shown that it speaks now: not at all. */
    NOT,
    /** As the first that counts of its caller, which may have missed what was said before. */
    FIRST,
    /** As the next one, after which some are missing. */
    AFTER_GAP,
    /** As the next one. */
    NEXT
  }

  /**
   * There is nobody yet.
   *
   * @param random must be unpredictable
   * @param now by the monotonic clock, nanoseconds
   */
  Callers(RandomGenerator random, long now) {
    this.random = random;
    this.looked = now;
    this.challenge = newChallenge();
  }

  private String newChallenge() {
    byte[] bytes = new byte[CHALLENGE_BYTES];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** A letter whose last part this is; null: it isn't, or the letter is an old one. */
  synchronized byte @Nullable [] add(String id, byte[] part, long now) {
    Caller caller = callers.get(id);
    if (caller == null) {
      if (!hasRoom()) {
        return null;
      }
      caller = new Caller();
      caller.heard = now;
      callers.put(id, caller);
    }
    return caller.parts.add(part);
  }

  /** One that hasn't shown that it speaks now makes room. */
  private boolean hasRoom() {
    if (callers.size() < MOST) {
      return true;
    }
    return callers.entrySet().stream()
        .filter(each -> !each.getValue().counts)
        .findFirst()
        .map(each -> callers.remove(each.getKey()) != null)
        .orElse(false);
  }

  /**
   * Somebody's letter has come in whole.
   *
   * @param self the id of this control, by which challenges are answered
   */
  synchronized Taken take(String id, Letter.Speaker speaker, String self, long now) {
    Caller caller = callers.get(id);
    if (caller == null) {
      return Taken.NOT; // it was silent for too long just now
    }
    boolean missed = caller.parts.hasMissed();
    boolean counted = caller.counts;
    caller.heard = now;
    caller.challenge = speaker.challenge();
    caller.control = new OtherControl(id, speaker.number(), speaker.address());
    caller.quiet = 0;
    caller.hears = challenge.equals(speaker.echoes().get(self));
    if (caller.divides != speaker.divides()) {
      caller.divides = speaker.divides();
      caller.claimed = ++claims;
      caller.claiming = 0;
    }
    caller.counts = counted || caller.hears;
    if (!caller.counts) {
      return Taken.NOT;
    }
    lastTerm = Math.max(lastTerm, caller.divides);
    if (!counted) {
      return Taken.FIRST;
    }
    return missed ? Taken.AFTER_GAP : Taken.NEXT;
  }

  /** In which term this control divides by a letter of it, which is yet to go. */
  synchronized void says(long number, long divides) {
    if (divides > 0 && divides == claim && saying == UNHEARD) {
      saying = number;
    }
  }

  /** A letter of this control has come back to it, with all that others said before. */
  synchronized void ownCame(long number) {
    callers
        .values()
        .forEach(
            each -> {
              each.quiet++;
              each.claiming++;
            });
    if (number >= saying && claimed == UNHEARD) {
      claimed = ++this.claims;
    }
  }

  /** Forgets who is silent. To be called every few seconds. */
  synchronized void forgetSilent(long now) {
    boolean late = now - looked > LATE_NANOS;
    looked = now;
    if (late) {
      return;
    }
    if (callers.values().stream().anyMatch(each -> each.counts && isSilent(each, now))) {
      challenge = newChallenge();
    }
    callers.values().removeIf(each -> isSilent(each, now));
  }

  private static boolean isSilent(Caller caller, long now) {
    return now - caller.heard > SILENT_NANOS;
  }

  /** How many there are whose letters count. */
  synchronized int present() {
    return (int) callers.values().stream().filter(each -> each.counts).count();
  }

  /**
   * Of those that divide limits, and of this control where it does, the one of the latest term, and
   * then who was the first to say so; null: it is this one, or there is none. Two that each heard
   * itself first, for they didn't know of each other then, go by the lowest number in the end.
   *
   * @param self this control
   * @param term in which it divides; 0: it doesn't
   */
  synchronized @Nullable OtherControl divider(OtherControl self, long term) {
    Caller first = null;
    for (Caller each : callers.values()) {
      if (each.control == null || !each.counts || each.isQuiet() || each.divides < 1) {
        continue;
      }
      if (each.divides < term || (each.divides == term && !precedes(each, self))) {
        continue;
      }
      if (first == null
          || each.divides > first.divides
          || (each.divides == first.divides && each.claimed < first.claimed)) {
        first = each;
      }
    }
    return first == null ? null : first.control;
  }

  /** In one term. */
  private boolean precedes(Caller other, OtherControl self) {
    OtherControl control = Objects.requireNonNull(other.control);
    return other.claimed < claimed
        || (other.claiming >= QUIET_LETTERS && BY_NUMBER.compare(control, self) < 0);
  }

  /**
   * The one that this control claims from now on, after the latest in which one divided whose
   * letters count; where that was the last, it. 0: another one divides by now.
   */
  synchronized long nextTerm(OtherControl self) {
    if (divider(self, 0) != null) {
      return 0;
    }
    claim = Math.min(lastTerm + 1, Letter.Speaker.LAST_TERM);
    saying = UNHEARD;
    claimed = UNHEARD;
    return claim;
  }

  /** What others are to answer in their letters. */
  synchronized String challenge() {
    return challenge;
  }

  /** What this control answers to the others' challenges, by their ids. */
  synchronized Map<String, String> echoes() {
    Map<String, String> echoes = new HashMap<>();
    callers.forEach(
        (id, caller) -> {
          if (caller.challenge != null) {
            echoes.put(id, caller.challenge);
          }
        });
    return echoes;
  }
}
