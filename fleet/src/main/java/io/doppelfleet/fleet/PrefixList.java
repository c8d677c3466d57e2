package io.doppelfleet.fleet;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Addresses under one name, such as a provider's or a country's, and what is done with them.
 *
 * @param name 1..64 of {@code a-z A-Z 0-9 . _ -}, beginning with a letter or digit
 * @param use what is done with them
 * @param prefixes 1..10,000, each once; in the order of their texts. One that is taken out is made
 *     anew
 */
public record PrefixList(String name, Use use, List<Prefix> prefixes) implements Entity {
  private static final int MOST_PREFIXES = 10_000;

  /** Copies the prefixes, in order, and checks them. */
  public PrefixList {
    Bounds.name("name", name);
    Bounds.number("prefixes' count", prefixes.size(), 1, MOST_PREFIXES);
    Map<String, Prefix> byText = new TreeMap<>();
    for (Prefix prefix : prefixes) {
      if (byText.put(prefix.toString(), prefix) != null) {
        throw new InvalidValueException(
            "prefixes", "has " + prefix + " twice: once would be right");
      }
    }
    prefixes = new PackedPrefixes(byText.values());
  }

  /** Memory that its prefixes take. */
  public long bytes() {
    return (long) PackedPrefixes.EACH * prefixes.size();
  }

  @Override
  public Kind kind() {
    return Kind.LIST;
  }

  @Override
  public String id() {
    return name;
  }

  /** What a list is for. */
  public enum Use {
    /** Where there are such lists, whoever is in none of them meets the cover site. */
    ALLOW("allow"),
    /** Whoever is in it meets the cover site. */
    REFUSE("refuse");

    private final String word;

    Use(String word) {
      this.word = word;
    }

    /** As it is written. */
    public String word() {
      return word;
    }
  }
}
