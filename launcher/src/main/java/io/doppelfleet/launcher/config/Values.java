package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Single values of options; what can't be read becomes a mistake and yields the default. */
final class Values {
  private final Settings settings;
  private final List<Mistake> mistakes;

  /** Adds to these mistakes. */
  Values(Settings settings, List<Mistake> mistakes) {
    this.settings = settings;
    this.mistakes = mistakes;
  }

  /**
   * The option's value.
   *
   * @param parser throws {@link IllegalArgumentException} with what would be right
   */
  <T> T of(Option option, T byDefault, Function<String, T> parser) {
    T value = orNull(option, parser);
    return value == null ? byDefault : value;
  }

  /** The same, null where nothing, or nothing right, was written. */
  <T> @Nullable T orNull(Option option, Function<String, T> parser) {
    Setting setting = settings.of(option);
    if (setting == null) {
      return null;
    }
    if (setting.texts().size() != 1) {
      mistake(setting, "one value is right here, not a list");
      return null;
    }
    return parsed(setting, setting.texts().getFirst(), parser);
  }

  /** One of a setting's texts, null where it can't be read. */
  <T> @Nullable T parsed(Setting setting, String text, Function<String, T> parser) {
    // Many a secret is a host name by its letters, and later errors would show it.
    if (Secret.isPerhapsIn(text) && text.indexOf('.') < 0 && text.indexOf('/') < 0) {
      mistake(setting, Quoted.of(text) + " doesn't belong here");
      return null;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      if (Secret.isPerhapsIn(text)) {
        mistake(setting, Quoted.of(text) + " doesn't belong here");
      } else {
        // Some parsers name the text in their sentence already.
        mistake(
            setting, message.startsWith("\"" + text) ? message : Quoted.of(text) + ": " + message);
      }
      return null;
    }
  }

  /** The absolute path that was written, null where none was. */
  @Nullable Path path(Option option) {
    return orNull(
        option,
        text -> {
          if (text.isBlank()) {
            throw new IllegalArgumentException("a path is right");
          }
          return Path.of(text).toAbsolutePath().normalize();
        });
  }

  /** What is there, null where it is of no use or no path was written. */
  <T> @Nullable T found(Option option, @Nullable Path path, Look<T> look) {
    Setting setting = settings.of(option);
    if (setting == null || path == null) {
      return null;
    }
    try {
      return look.at(path);
    } catch (IOException e) {
      mistake(setting, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** How a file or directory is looked into. */
  interface Look<T> {
    /**
     * Looks.
     *
     * @throws IOException with a sentence for the operator
     */
    T at(Path path) throws IOException;
  }

  /** Something wrong with a setting. */
  void mistake(Setting setting, String message) {
    mistakes.add(
        Mistake.at(
            Quoted.key(setting.origin()),
            setting.origin().equals(setting.path()) || setting.origin().endsWith(setting.path())
                ? message
                : Quoted.key(setting.path()) + ": " + message));
  }

  /**
   * A time in these bounds.
   *
   * @throws IllegalArgumentException that names the bounds
   */
  static Duration time(String text, Duration least, Duration most) {
    Duration time = Quantity.duration(text);
    if (time.compareTo(least) < 0 || time.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          Quantity.written(least) + " to " + Quantity.written(most) + " is right");
    }
    return time;
  }

  /**
   * A whole number in these bounds.
   *
   * @throws IllegalArgumentException that names the bounds
   */
  static int number(String text, int least, int most) {
    if (text.matches("[0-9]{1,9}")) {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw new IllegalArgumentException("a whole number in " + least + ".." + most + " is right");
  }
}
