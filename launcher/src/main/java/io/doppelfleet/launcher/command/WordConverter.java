package io.doppelfleet.launcher.command;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a word by which is confirmed what nobody means, most of the time. Which are right the
 * control says, which may know more of them.
 */
final class WordConverter implements ITypeConverter<String> {
  private static final Pattern WORD = Pattern.compile("[a-z]+");

  @Override
  public String convert(String word) {
    if (!WORD.matcher(word).matches()) {
      throw new TypeConversionException("\"" + word + "\": a word of a to z is right");
    }
    return word;
  }
}
