package io.doppelfleet.bench.stealth.path;

import io.doppelfleet.bench.stealth.report.Report;
import io.doppelfleet.bench.stealth.report.Report.Bound;
import io.doppelfleet.bench.stealth.scene.Node;
import io.doppelfleet.bench.stealth.stat.Separation;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.load.Download;
import io.doppelfleet.standin.load.LoadClients;
import io.doppelfleet.standin.load.Transfer;
import io.doppelfleet.standin.wire.LoadRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What shaping costs: rate of long downloads, delay of short messages. */
public final class Speed {
  private static final String PART = "speed";
  private static final String OFF = "off";

  /** Share of the unshaped rate that must be left. */
  private static final double LEFT = 0.9;

  /** Ten times what mtg reaches with its delays, in millions of bytes a second. */
  private static final double TEN_TIMES_MTG = 24;

  private static final double DELAY_AT_MOST_MILLIS = 50;
  private static final int LONGEST_MESSAGE = 2_000;
  private static final int LONGEST_PAUSE_MILLIS = 4;
  private static final long AT_MOST_SECONDS = 120;

  private final Map<String, Node> nodes;

  /** Of nodes by their shaping, {@code off} among them. */
  public Speed(Map<String, Node> nodes) {
    this.nodes = Map.copyOf(nodes);
  }

  /**
   * Loads down, in turn.
   *
   * @param where in two words
   * @param megabytes of each download
   * @param near whether the rate itself is held against a bound
   */
  public void rate(String where, int megabytes, int flows, int runs, boolean near, Report report)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<String, List<Double>> rates = new HashMap<>();
    for (int run = 0; run <= runs; run++) {
      for (Map.Entry<String, Node> node : nodes.entrySet()) {
        double rate = rate(node.getValue(), megabytes, flows);
        if (run > 0) { // the first one warms up
          rates.computeIfAbsent(node.getKey(), n -> new ArrayList<>()).add(rate);
        }
      }
    }
    double off = median(rates.getOrDefault(OFF, List.of()));
    rates.forEach(
        (shaping, of) -> {
          Bound bound = shaping.equals("full") && near ? Bound.least(TEN_TIMES_MTG) : Bound.NONE;
          report.add(PART, where, "MB/s, shaping " + shaping, median(of), bound);
          if (!shaping.equals(OFF) && off > 0) {
            report.add(
                PART, where, "rate of " + shaping + " / off", median(of) / off, Bound.least(LEFT));
          }
        });
  }

  private static double rate(Node node, int megabytes, int flows)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<Download> downloads = new ArrayList<>();
    try (LoadClients clients = new LoadClients(node.address(), Node.DATACENTER, 1)) {
      for (int i = 0; i < flows; i++) {
        Download download = new Download(megabytes * 1_000_000L);
        downloads.add(download);
        clients.open(Hellos.hybrid(node.clientSecret()).build(), download);
      }
      double sum = 0;
      for (Download download : downloads) {
        Transfer transfer = download.done().get(AT_MOST_SECONDS, TimeUnit.SECONDS);
        sum += transfer.megabytesPerSecond();
      }
      return sum;
    }
  }

  /**
   * Sends short messages that come back, with pauses of chance.
   *
   * @param messages to each node
   */
  public void delay(Report report, int messages) throws IOException, InterruptedException {
    Map<String, double[]> millis = new HashMap<>();
    for (Map.Entry<String, Node> node : nodes.entrySet()) {
      millis.put(node.getKey(), echoes(node.getValue(), messages));
    }
    double off = Separation.quantile(millis.getOrDefault(OFF, new double[0]), 0.95);
    millis.forEach(
        (shaping, of) ->
            report.add(
                PART,
                "loopback",
                "p95 of a message's way and back, ms more than off, shaping " + shaping,
                Separation.quantile(of, 0.95) - off,
                Bound.most(DELAY_AT_MOST_MILLIS)));
  }

  private static double[] echoes(Node node, int messages) throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(4);
    double[] millis = new double[messages];
    try (FakeTlsClient client = FakeTlsClient.connect(node.address())) {
      client.handshake(Hellos.hybrid(node.clientSecret()).build(), Node.DATACENTER, random);
      client.say(LoadRequest.echo().encode(), LONGEST_MESSAGE);
      for (int i = 0; i < messages; i++) {
        byte[] message = new byte[1 + random.nextInt(LONGEST_MESSAGE)];
        long begin = System.nanoTime();
        client.say(message, LONGEST_MESSAGE);
        int back = client.hear(message.length).length;
        millis[i] = (System.nanoTime() - begin) / 1e6;
        if (back != message.length) {
          throw new IOException("an echo of " + back + " bytes");
        }
        Thread.sleep(random.nextInt(1 + LONGEST_PAUSE_MILLIS));
      }
    }
    return millis;
  }

  private static double median(List<Double> values) {
    return Separation.quantile(values.stream().mapToDouble(Double::doubleValue).toArray(), 0.5);
  }
}
