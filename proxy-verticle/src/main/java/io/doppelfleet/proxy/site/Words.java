package io.doppelfleet.proxy.site;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Writes sentences by the rules of {@code words.txt}. */
final class Words {
  private final Map<String, List<String>> rules = new HashMap<>();
  private final RandomGenerator random;
  private final String subject;

  Words(RandomGenerator random) {
    this.random = random;
    resource("words.txt")
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.split(": ", 2))
        .forEach(rule -> rules.computeIfAbsent(rule[0], n -> new ArrayList<>()).add(rule[1]));
    this.subject = one("subject");
  }

  /** A file beside this class. */
  static String resource(String name) {
    try (InputStream in = Words.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One way to write a rule's name, the first letter of each sentence a capital. */
  String text(String name) {
    StringBuilder text = new StringBuilder();
    boolean begins = true;
    for (char c : one(name).toCharArray()) {
      text.append(begins ? Character.toUpperCase(c) : c);
      begins = c == '.' || (begins && c == ' ');
    }
    return text.toString();
  }

  private String one(String name) {
    List<String> ways = rules.get(name.startsWith("@") ? subject + "." + name.substring(1) : name);
    if (ways == null) {
      throw new IllegalStateException("words.txt has no " + name);
    }
    String way = ways.get(random.nextInt(ways.size()));
    StringBuilder text = new StringBuilder();
    int at = 0;
    for (int open = way.indexOf('{'); open >= 0; open = way.indexOf('{', at)) {
      int end = way.indexOf('}', open);
      text.append(way, at, open).append(one(way.substring(open + 1, end)));
      at = end + 1;
    }
    return text.append(way.substring(at)).toString();
  }
}
