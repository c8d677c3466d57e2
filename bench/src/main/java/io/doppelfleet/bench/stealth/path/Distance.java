package io.doppelfleet.bench.stealth.path;

import io.doppelfleet.bench.stealth.report.Report;
import io.doppelfleet.bench.stealth.report.Report.Bound;
import io.doppelfleet.bench.stealth.scene.Node;
import io.doppelfleet.bench.stealth.stat.Separation;
import io.doppelfleet.bench.stealth.wire.Wire;
import io.doppelfleet.standin.client.ClientKeys;
import io.doppelfleet.standin.client.Hellos;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Whether the time to the first byte tells a client, whom the node answers, from a stranger. */
public final class Distance {
  private static final String PART = "distance";
  private static final double AT_MOST = 0.55;
  private static final double JITTER_MILLIS = 1;
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final ClientKeys KEYS = ClientKeys.generate();

  private Distance() {}

  /**
   * Greets the node as a client and as a stranger, in turn.
   *
   * @param where in a few words
   * @param far whether the times as they are, and not only through a network's jitter, are held
   *     against a bound
   */
  public static void measure(Node node, String where, int trials, boolean far, Report report)
      throws IOException {
    double[] clients = new double[trials];
    double[] strangers = new double[trials];
    Hellos good = Hellos.hybrid(node.clientSecret()).withKeys(KEYS);
    for (int i = 0; i < trials; i++) {
      boolean clientFirst = i % 2 == 0;
      if (clientFirst) {
        clients[i] = firstByte(node, good);
      }
      strangers[i] = firstByte(node, good.withWrongDigest());
      if (!clientFirst) {
        clients[i] = firstByte(node, good);
      }
    }
    // What chance alone makes of so few trials: two standard deviations.
    double noise = 2 * Math.sqrt((2.0 * trials + 1) / (12.0 * trials * trials));
    Bound bound = Bound.most(Math.max(AT_MOST, 0.5 + noise));
    SplittableRandom random = new SplittableRandom(6);
    report.add(
        PART,
        where,
        "AUC of the time to the first byte, clients from strangers",
        Separation.auc(clients, strangers),
        far ? bound : Bound.NONE,
        List.of(
            String.format(
                Locale.ROOT,
                "clients %s ms, strangers %s ms (10, 50, 90 %%)",
                quantiles(clients),
                quantiles(strangers))));
    report.add(
        PART,
        where,
        "the same with 1 ms of jitter",
        Separation.auc(
            Separation.jittered(clients, JITTER_MILLIS, random),
            Separation.jittered(strangers, JITTER_MILLIS, random)),
        bound);
  }

  private static double firstByte(Node node, Hellos hellos) throws IOException {
    byte[] hello = hellos.build().bytes();
    try (Wire wire = Wire.connect(node.address())) {
      wire.send(hello);
      wire.read(ANSWER);
      return wire.reactions().isEmpty() ? 0 : wire.reactions().getFirst() / 1e6;
    }
  }

  private static String quantiles(double[] millis) {
    return String.format(
        Locale.ROOT,
        "%.2f %.2f %.2f",
        Separation.quantile(millis, 0.1),
        Separation.quantile(millis, 0.5),
        Separation.quantile(millis, 0.9));
  }
}
