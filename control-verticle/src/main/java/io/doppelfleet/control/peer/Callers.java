package io.doppelfleet.control.peer;

import io.doppelfleet.control.node.OtherControl;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
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

  /** More are left unheard: a store has two as a rule. */
  private static final int MOST = 16;

  private static final int CHALLENGE_BYTES = 16;

  private final RandomGenerator random;
  private final Map<String, Caller> callers = new LinkedHashMap<>();
  private String challenge;

  /** One that calls, whether or not it has shown that it speaks now. */
  private static final class Caller {
    final Parts parts = new Parts();
    long heard;
    @Nullable String challenge;
    @Nullable OtherControl control;
    boolean counts;
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
   */
  Callers(RandomGenerator random) {
    this.random = random;
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
    caller.counts = counted || challenge.equals(speaker.echoes().get(self));
    if (!caller.counts) {
      return Taken.NOT;
    }
    if (!counted) {
      return Taken.FIRST;
    }
    return missed ? Taken.AFTER_GAP : Taken.NEXT;
  }

  /** Forgets who is silent. */
  synchronized void forgetSilent(long now) {
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
   * Of those whose letters count the first by their numbers, and of one that has started anew the
   * process that came last; null: there are none.
   */
  synchronized @Nullable OtherControl first() {
    OtherControl first = null;
    for (Caller each : callers.values()) {
      OtherControl control = each.control;
      if (each.counts && control != null && (first == null || control.number() <= first.number())) {
        first = control;
      }
    }
    return first;
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
