package io.doppelfleet.fleet.metrics;

import io.doppelfleet.fleet.beside.Beside;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Sends what is counted to a collector. What does it stands beside, for few want it. */
public interface MetricsPush {
  /**
   * Begins to send all that is registered there, and sends once more when it is closed.
   *
   * @param collector takes OTLP over HTTP there
   * @param every between two times, one second at least
   * @param version of this program
   */
  MeterRegistry begin(URI collector, Duration every, String version);

  /**
   * The one that is there.
   *
   * @throws IOException where it is not, for the build is not whole
   */
  static MetricsPush load() throws IOException {
    return Beside.load(MetricsPush.class, "otlp");
  }
}
