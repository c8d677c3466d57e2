package io.doppelfleet.standin.load;

import org.HdrHistogram.Histogram;

/**
 * How long messages took to come back.
 *
 * @param count messages
 * @param p50 median, microseconds
 * @param p99 microseconds
 * @param p999 99.9 %, microseconds
 */
public record Latencies(long count, double p50, double p99, double p999) {

  static Latencies of(Histogram nanos) {
    return new Latencies(
        nanos.getTotalCount(),
        nanos.getValueAtPercentile(50) / 1e3,
        nanos.getValueAtPercentile(99) / 1e3,
        nanos.getValueAtPercentile(99.9) / 1e3);
  }
}
