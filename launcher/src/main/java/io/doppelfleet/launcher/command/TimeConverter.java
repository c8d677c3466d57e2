package io.doppelfleet.launcher.command;

import io.doppelfleet.launcher.config.Quantity;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time with its unit, in whole seconds. */
final class TimeConverter implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String value) {
    Duration time;
    try {
      time = Quantity.duration(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("\"" + value + "\": " + e.getMessage());
    }
    if (time.toNanosPart() != 0) {
      throw new TypeConversionException("\"" + value + "\": whole seconds are right");
    }
    return time;
  }
}
