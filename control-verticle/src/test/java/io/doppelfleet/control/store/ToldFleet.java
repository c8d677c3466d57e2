package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.TrafficReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Nodes that move bytes, and the messages between them and the store. */
final class ToldFleet {
  private static final Instant FAR = Instant.parse("9999-12-31T23:59:59Z");

  private final Traffic traffic;
  private final Hands clock;
  private final String prefix;
  private final Random random;
  private final List<Node> nodes = new ArrayList<>();
  private final List<TrafficReport> underWay = new ArrayList<>();

  /** By secret, of all that was accepted or will be; each number once. */
  final Map<String, Long> told = new TreeMap<>();

  private final Map<String, Long> greatest = new HashMap<>();

  ToldFleet(String prefix, Random random, Traffic traffic, Hands clock) throws StoreException {
    this.traffic = traffic;
    this.clock = clock;
    this.prefix = prefix;
    this.random = random;
    for (int i = 0; i < 3; i++) {
      nodes.add(new Node(prefix + "-n" + i));
    }
  }

  private final class Node {
    private final String name;
    private final Map<String, Long> up = new TreeMap<>();
    private long epoch;
    private long sequence;

    Node(String name) throws StoreException {
      this.name = name;
      start();
    }

    void start() throws StoreException {
      up.clear();
      epoch = traffic.newEpoch(name);
      sequence = 0;
    }

    TrafficReport report() {
      return new TrafficReport(
          new Stamp(name, epoch, ++sequence),
          up.entrySet().stream()
              .map(each -> new TrafficReport.Count(each.getKey(), 1, each.getValue(), 0, 0, 0))
              .toList());
    }
  }

  void step() throws StoreException {
    Node node = nodes.get(random.nextInt(nodes.size()));
    switch (random.nextInt(8)) {
      case 0, 1, 2 ->
          node.up.merge(prefix + "-s" + random.nextInt(4), 1L + random.nextInt(9), Long::sum);
      case 3 -> underWay.add(node.report());
      case 4, 5 -> {
        if (!underWay.isEmpty()) {
          deliver(underWay.get(random.nextInt(underWay.size()))); // and perhaps again
        }
      }
      case 6 -> {
        if (!underWay.isEmpty()) {
          underWay.remove(random.nextInt(underWay.size())); // lost
        }
      }
      default -> {
        if (random.nextInt(4) == 0) {
          node.start();
        }
        clock.now = clock.now.plusSeconds(random.nextInt(100_000) - 40_000);
      }
    }
  }

  private void deliver(TrafficReport report) throws StoreException {
    if (traffic.add(report, Map.of()).isPresent()) {
      for (TrafficReport.Count count : report.counts()) {
        String counter = report.stamp().sender() + report.stamp().epoch() + count.secret();
        long before = greatest.getOrDefault(counter, 0L);
        if (count.up() > before) {
          greatest.put(counter, count.up());
          told.merge(count.secret(), count.up() - before, Long::sum);
        }
      }
    }
  }

  /** Whatever is under way comes, and each node tells once more. */
  void all() throws StoreException {
    Collections.shuffle(underWay, random);
    for (TrafficReport each : underWay) {
      deliver(each);
    }
    for (Node node : nodes) {
      deliver(node.report());
      node.up.keySet().forEach(secret -> assertThat(told).containsKey(secret));
    }
  }

  Map<String, Long> written() throws StoreException {
    Map<String, Long> sums = new TreeMap<>();
    for (SecretTotal total : traffic.totals(null)) {
      if (total.secret().startsWith(prefix + "-")) {
        sums.merge(total.secret(), total.moved().up(), Long::sum);
      }
    }
    return sums;
  }

  Map<String, Long> writtenByDay() throws StoreException {
    Map<String, Long> sums = new TreeMap<>();
    for (String secret : told.keySet()) {
      for (TrafficPeriod day : traffic.periods(secret, TrafficPeriod.Unit.DAY, FAR, 1000)) {
        sums.merge(secret, day.moved().up(), Long::sum);
      }
    }
    return sums;
  }
}
