package io.doppelfleet.bench.load;

import org.HdrHistogram.Histogram;

/**
 * How long messages took to come back.
 *
 * @param count messages
 * @param p50 median, microseconds
 * @param p99 microseconds
 * @param p999 99.9 %, microseconds
 */
public record Latencies(long count, long p50, long p99, long p999) {

  static Latencies of(Histogram times) {
    return new Latencies(
        times.getTotalCount(),
        times.getValueAtPercentile(50),
        times.getValueAtPercentile(99),
        times.getValueAtPercentile(99.9));
  }
}
