package io.doppelfleet.bench.stealth.records;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What somebody sees of a connection, depending on where he stands. */
enum View {
  /** Sizes and times, as on the machine itself. */
  EXACT("exact sizes and times"),
  /** The same behind a network that delays packets by up to a millisecond more or less. */
  JITTERED("with 1 ms of jitter"),
  /** Sizes in their order, and no times. */
  SIZES("sizes alone");

  private static final long JITTER_NANOS = 1_000_000;

  private final String label;

  View(String label) {
    this.label = label;
  }

  /** As it stands in tables. */
  String label() {
    return label;
  }

  /** What he sees of it. */
  List<Response> of(List<Response> connection, SplittableRandom random) {
    return switch (this) {
      case EXACT -> connection;
      case JITTERED -> connection.stream().map(r -> jittered(r, random)).toList();
      case SIZES ->
          connection.stream()
              .map(r -> new Response(r.sizes(), r.nanos().stream().map(n -> 0L).toList()))
              .toList();
    };
  }

  /** Packets overtake none, so what comes later comes no sooner than what came before. */
  private static Response jittered(Response response, SplittableRandom random) {
    List<Long> nanos = new ArrayList<>();
    long together = -1;
    long arrived = 0;
    for (long at : response.nanos()) {
      if (at != together) {
        together = at;
        arrived = Math.max(arrived, at + random.nextLong(JITTER_NANOS));
      }
      nanos.add(arrived);
    }
    return new Response(response.sizes(), nanos);
  }
}
