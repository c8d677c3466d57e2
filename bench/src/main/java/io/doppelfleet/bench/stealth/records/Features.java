package io.doppelfleet.bench.stealth.records;

import io.doppelfleet.bench.stealth.stat.Separation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a classifier is given of a connection: exact sizes and times.
 *
 * @param sizes the commonest ones of the connections to train with, in bytes
 */
record Features(List<Integer> sizes) {
  private static final int COMMONEST = 32;
  private static final int FIRST = 20;
  private static final long BURST_NANOS = 1_000_000;
  private static final double[] QUANTILES = {0.1, 0.5, 0.9};

  Features {
    sizes = List.copyOf(sizes);
  }

  /** Learns the commonest sizes. */
  static Features of(List<List<Response>> connections) {
    Map<Integer, Integer> counts = new HashMap<>();
    connections.forEach(
        connection ->
            connection.forEach(
                response -> response.sizes().forEach(size -> counts.merge(size, 1, Integer::sum))));
    return new Features(
        counts.entrySet().stream()
            .sorted(Map.Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder()))
            .limit(COMMONEST)
            .map(Map.Entry::getKey)
            .toList());
  }

  /** Always as many numbers, in one order. */
  double[] numbers(List<Response> connection) {
    List<Double> numbers = new ArrayList<>();
    double[] all =
        connection.stream().flatMap(r -> r.sizes().stream()).mapToDouble(s -> s).toArray();
    double[] gaps = gaps(connection);
    double[] waits =
        connection.stream()
            .filter(r -> !r.nanos().isEmpty())
            .mapToDouble(r -> r.nanos().getFirst() / 1e3)
            .toArray();
    double[] firsts =
        connection.stream()
            .filter(r -> !r.sizes().isEmpty())
            .mapToDouble(r -> r.sizes().getFirst())
            .toArray();
    double[] lasts =
        connection.stream()
            .filter(r -> !r.sizes().isEmpty())
            .mapToDouble(r -> r.sizes().getLast())
            .toArray();
    double[] counts = connection.stream().mapToDouble(r -> r.sizes().size()).toArray();
    double[] bursts = connection.stream().mapToDouble(Features::bursts).toArray();
    double[] rates =
        connection.stream()
            .filter(r -> !r.nanos().isEmpty())
            .mapToDouble(r -> r.bytes() * 1e3 / Math.max(1, r.nanos().getLast()))
            .toArray();
    for (int size : sizes) {
      double count = 0;
      for (double one : all) {
        count += one == size ? 1 : 0;
      }
      numbers.add(count / Math.max(1, all.length));
    }
    for (int i = 0; i < FIRST; i++) {
      numbers.add(i < all.length ? all[i] : -1);
    }
    for (int i = 0; i < FIRST; i++) {
      numbers.add(i < gaps.length ? gaps[i] : -1);
    }
    for (double[] sample : List.of(all, gaps, waits, firsts, lasts, counts, bursts, rates)) {
      moments(sample, numbers);
    }
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static void moments(double[] sample, List<Double> numbers) {
    double sum = 0;
    double squares = 0;
    for (double one : sample) {
      sum += one;
      squares += one * one;
    }
    double mean = sum / Math.max(1, sample.length);
    numbers.add(mean);
    numbers.add(squares / Math.max(1, sample.length) - mean * mean);
    for (double share : QUANTILES) {
      numbers.add(Separation.quantile(sample, share));
    }
  }

  /** Microseconds between a response's records. */
  private static double[] gaps(List<Response> connection) {
    List<Double> gaps = new ArrayList<>();
    for (Response response : connection) {
      for (int i = 1; i < response.nanos().size(); i++) {
        gaps.add((response.nanos().get(i) - response.nanos().get(i - 1)) / 1e3);
      }
    }
    return gaps.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static int bursts(Response response) {
    int bursts = 1;
    for (int i = 1; i < response.nanos().size(); i++) {
      if (response.nanos().get(i) - response.nanos().get(i - 1) > BURST_NANOS) {
        bursts++;
      }
    }
    return bursts;
  }
}
