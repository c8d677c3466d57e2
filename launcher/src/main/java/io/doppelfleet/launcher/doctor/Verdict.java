package io.doppelfleet.launcher.doctor;

import io.doppelfleet.proxy.scout.Findings;
import io.doppelfleet.proxy.scout.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether a site makes a good cover.
 *
 * @param usable whether clients can look as if they spoke to it
 * @param remarks what a censor could tell all the same, or why it isn't usable; empty where it is
 *     good
 */
record Verdict(boolean usable, List<String> remarks) {
  /** Beyond this a client that comes from near the node waits longer than a site would let it. */
  private static final int FAR_MICROS = 50_000;

  /** Copies the list. */
  Verdict {
    remarks = List.copyOf(remarks);
  }

  /** By what was found. */
  static Verdict of(Findings findings, List<Trouble> troubles, Neighbourhood where) {
    List<String> fatal = texts(troubles, true);
    if (!fatal.isEmpty()) {
      return new Verdict(false, fatal);
    }
    List<String> remarks = new ArrayList<>(texts(troubles, false));
    int connect = median(connects(findings));
    if (connect > FAR_MICROS) {
      remarks.add(
          String.format(
              "is %d ms away: every answer comes that much later than a site's at this address"
                  + " would; take a nearer one",
              connect / 1000));
    }
    if (where == Neighbourhood.ELSEWHERE) {
      remarks.add(
          "has an address that isn't this machine's: who looks the name up and compares sees that;"
              + " a name of your own that leads here is best");
    }
    return new Verdict(true, remarks);
  }

  private static List<String> texts(List<Trouble> troubles, boolean fatal) {
    return troubles.stream()
        .filter(trouble -> trouble.kind().fatal() == fatal)
        .map(Trouble::text)
        .toList();
  }

  static IntStream connects(Findings findings) {
    return findings.sightings().values().stream()
        .flatMap(List::stream)
        .mapToInt(sighting -> sighting.connectMicros())
        .filter(micros -> micros > 0);
  }

  static IntStream delays(Findings findings) {
    return findings.sightings().values().stream()
        .flatMap(List::stream)
        .mapToInt(sighting -> sighting.delayMicros())
        .filter(micros -> micros > 0);
  }

  /** The middle one, 0 of none. */
  static int median(IntStream values) {
    int[] sorted = values.sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  /** In a line. */
  String text() {
    if (!usable) {
      return "not usable";
    }
    return remarks.isEmpty() ? "a good cover" : "usable, but";
  }
}
