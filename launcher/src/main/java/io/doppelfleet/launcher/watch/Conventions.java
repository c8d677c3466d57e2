package io.doppelfleet.launcher.watch;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.util.Map;
import java.util.Set;

/**
 * Holds libraries' meters to Prometheus's conventions, as {@code promtool check metrics} has them:
 * base units, and no suffix that says another type. {@link ProcessMeters} has the processor time in
 * seconds.
 */
final class Conventions implements MeterFilter {
  /** In nanoseconds and milliseconds. */
  private static final Set<String> OTHER_UNITS = Set.of("process.cpu.time", "jvm.compilation.time");

  private static final Map<String, String> RENAMED = Map.of("system.cpu.count", "system.cpus");

  @Override
  public MeterFilterReply accept(Meter.Id id) {
    return OTHER_UNITS.contains(id.getName()) ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
  }

  @Override
  public Meter.Id map(Meter.Id id) {
    String other = RENAMED.get(id.getName());
    return other == null ? id : id.withName(other);
  }
}
