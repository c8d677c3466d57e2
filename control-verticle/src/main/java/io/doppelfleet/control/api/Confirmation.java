package io.doppelfleet.control.api;

import io.doppelfleet.fleet.address.Danger;
import io.doppelfleet.fleet.address.Doubts;
import io.vertx.core.json.JsonArray;
import java.util.EnumSet;
import java.util.Set;

/**
 * What callers say to be meant of what nobody means, most of the time; the document has the words.
 */
final class Confirmation {
  private static final String FIELD = "confirm";

  private Confirmation() {}

  /** Of a body's field. */
  static Set<Danger> of(Call.Body body) {
    Set<Danger> confirmed = EnumSet.noneOf(Danger.class);
    for (Object each : body.json().getJsonArray(FIELD, new JsonArray())) {
      confirmed.add(Danger.of((String) each));
    }
    return confirmed;
  }

  /** Of a parameter, which has one at the most. */
  static Set<Danger> of(Call call) {
    String word = call.textOrNull(FIELD);
    return word == null ? Set.of() : Set.of(Danger.of(word));
  }

  /**
   * Refuses what isn't confirmed.
   *
   * @param what it is that was looked at
   */
  static void check(String what, Doubts doubts) throws Problem {
    if (!doubts.dangers().isEmpty()) {
      throw Problem.of(
          409,
          FIELD,
          "doesn't have "
              + Doubts.words(doubts.dangers())
              + ", and of "
              + what
              + " is so: "
              + doubts.why()
              + ". If that is meant, to confirm it would be right");
    }
  }
}
