package io.doppelfleet.launcher.command;

import io.doppelfleet.fleet.address.Danger;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a word by which is confirmed what nobody means, most of the time. */
final class DangerConverter implements ITypeConverter<Danger> {
  @Override
  public Danger convert(String word) {
    try {
      return Danger.of(word);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("\"" + word + "\": " + e.getMessage());
    }
  }
}
