package io.doppelfleet.otlp;

import io.doppelfleet.fleet.metrics.MetricsPush;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.ipc.http.HttpUrlConnectionSender;
import io.micrometer.registry.otlp.AggregationTemporality;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpHttpMetricsSender;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** By Micrometer's registry. Found as a service. */
public final class OtlpPush implements MetricsPush {
  private static final Duration TO_CONNECT = Duration.ofSeconds(1);
  private static final Duration TO_ANSWER = Duration.ofSeconds(5);

  @Override
  public MeterRegistry begin(URI collector, Duration every, String version) {
    return OtlpMeterRegistry.builder(
            new Config(collector, every, version, UUID.randomUUID().toString()))
        .metricsSender(
            new OtlpHttpMetricsSender(new HttpUrlConnectionSender(TO_CONNECT, TO_ANSWER)))
        .build();
  }

  private record Config(URI collector, Duration every, String version, String instance)
      implements OtlpConfig {
    /** All else is as Micrometer has it. */
    @Override
    public @Nullable String get(String key) {
      return null;
    }

    @Override
    public String url() {
      return collector.toString();
    }

    @Override
    public Duration step() {
      return every;
    }

    /** Names and figures are those of Prometheus's page. */
    @Override
    public TimeUnit baseTimeUnit() {
      return TimeUnit.SECONDS;
    }

    /** Sums go on, whatever was lost on the way. */
    @Override
    public AggregationTemporality aggregationTemporality() {
      return AggregationTemporality.CUMULATIVE;
    }

    /**
     * OpenTelemetry's own variables, OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, say more. By
     * semantic conventions an instance is one process: sums of two would be one that falls.
     */
    @Override
    public Map<String, String> resourceAttributes() {
      Map<String, String> attributes = new HashMap<>(OtlpConfig.super.resourceAttributes());
      attributes.putIfAbsent("service.name", "doppelfleet");
      attributes.putIfAbsent("service.version", version);
      attributes.putIfAbsent("service.instance.id", instance);
      return attributes;
    }
  }
}
