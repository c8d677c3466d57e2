package io.doppelfleet.otlp;

import io.doppelfleet.fleet.metrics.MetricsPush;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** By Micrometer's registry. Found as a service. */
public final class OtlpPush implements MetricsPush {
  @Override
  public MeterRegistry begin(URI collector, Duration every) {
    return new OtlpMeterRegistry(new Config(collector, every), Clock.SYSTEM);
  }

  private record Config(URI collector, Duration every) implements OtlpConfig {
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

    /** OpenTelemetry's own variables, OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, say more. */
    @Override
    public Map<String, String> resourceAttributes() {
      Map<String, String> attributes = new HashMap<>(OtlpConfig.super.resourceAttributes());
      attributes.putIfAbsent("service.name", "doppelfleet");
      return attributes;
    }
  }
}
