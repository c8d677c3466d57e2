package io.doppelfleet.launcher.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was written, by path: of several places the weightiest wins. What has no known place is a
 * mistake already here.
 */
final class Settings {
  private final Map<String, Setting> byPath = new LinkedHashMap<>();
  private final List<Mistake> mistakes;

  /** Adds to these mistakes. */
  Settings(List<Mistake> mistakes) {
    this.mistakes = mistakes;
  }

  /** Takes a setting of a file; of two sources the later one wins. */
  void addOfFile(Setting setting) {
    String path = setting.path();
    if (optionOf(path) == null) {
      unknown(setting.origin(), path, Arrays.stream(Option.values()).map(o -> o.path).toList());
      return;
    }
    byPath.put(path, setting);
  }

  /** Takes an environment variable whose name begins with ours. */
  void addVariable(String name, String value) {
    for (Option option : Option.values()) {
      if (matches(option, name, option.variable())) {
        String path = option.path + suffix(option, name, option.variable());
        byPath.put(path, Setting.ofText(path, name, value));
        return;
      }
    }
    unknown(name, name, Arrays.stream(Option.values()).map(o -> example(o, o.variable())).toList());
  }

  /** Takes a system property whose name begins with ours. */
  void addProperty(String name, String value) {
    for (Option option : Option.values()) {
      if (matches(option, name, option.property())) {
        String path = option.path + suffix(option, name, option.property());
        byPath.put(path, Setting.ofText(path, name, value));
        return;
      }
    }
    unknown(name, name, Arrays.stream(Option.values()).map(o -> example(o, o.property())).toList());
  }

  private static String example(Option option, String known) {
    return option.named ? known + "NAME" : known;
  }

  private static boolean matches(Option option, String name, String known) {
    return option.named
        ? name.startsWith(known) && name.length() > known.length()
        : name.equals(known);
  }

  private static String suffix(Option option, String name, String known) {
    return option.named ? "." + name.substring(known.length()) : "";
  }

  private static @Nullable Option optionOf(String path) {
    for (Option option : Option.values()) {
      if (option.named ? path.startsWith(option.path + ".") : path.equals(option.path)) {
        return option;
      }
    }
    return null;
  }

  private void unknown(String origin, String name, List<String> known) {
    for (Option option : Option.values()) {
      if (option.named ? name.equals(option.path) : option.path.startsWith(name + ".")) {
        mistakes.add(Mistake.at(origin, name + " is a section: write its keys beneath it"));
        return;
      }
      if (name.startsWith(option.path + ".")) {
        mistakes.add(Mistake.at(origin, option.path + " is one value and has no keys beneath it"));
        return;
      }
    }
    String nearest = Nearest.to(name, known);
    mistakes.add(
        Mistake.at(
            Quoted.key(origin),
            (origin.equals(name) ? "there is no such key" : Quoted.key(name) + " is no known key")
                + (nearest == null ? "" : ": did you mean " + nearest + "?")));
  }

  /** What was written for an option that has one value. */
  @Nullable Setting of(Option option) {
    return byPath.get(option.path);
  }

  /** The entries of an option whose entries the operator names, by these names. */
  Map<String, Setting> entriesOf(Option option) {
    Map<String, Setting> entries = new LinkedHashMap<>();
    for (Setting setting : new ArrayList<>(byPath.values())) {
      if (setting.path().startsWith(option.path + ".")) {
        entries.put(setting.path().substring(option.path.length() + 1), setting);
      }
    }
    return entries;
  }
}
