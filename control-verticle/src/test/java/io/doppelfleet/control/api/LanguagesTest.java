package io.doppelfleet.control.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dashboard's sentences: the same ones in each language, and those that its pages show. */
final class LanguagesTest {
  private static final Path WEB = Path.of("src/main/resources/io/doppelfleet/control/web");

  private static final Pattern SENTENCE =
      Pattern.compile("^  \"([a-z0-9.-]+)\":\\s+\"((?:[^\"\\\\]|\\\\.)*)\",$", Pattern.MULTILINE);

  private static final Pattern PLACE = Pattern.compile("\\{[^}]*}");

  /** A sentence that is named as it is, and those of which a part of the name is computed. */
  private static final Pattern USE = Pattern.compile("\\bt\\(\\s*\"([^\"]+)\"");

  private static final Pattern COMPUTED = Pattern.compile("\\bt\\(\\s*`([a-z.-]+\\.)\\$\\{");
  private static final Pattern KEY = Pattern.compile("\"([a-z-]+\\.[a-z-]+)\"");

  @SuppressWarnings("NullAway.Init") // read before all tests
  private static String pages;

  @BeforeAll
  static void read() throws IOException {
    try (Stream<Path> files = Files.list(WEB)) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.filter(each -> each.toString().endsWith(".js")).sorted().toList()) {
        all.append(Files.readString(file));
      }
      pages = all.toString();
    }
  }

  private static Map<String, String> sentences(String language) throws IOException {
    String text = Files.readString(WEB.resolve("text/" + language + ".js"));
    Map<String, String> sentences = new LinkedHashMap<>();
    SENTENCE
        .matcher(text)
        .results()
        .forEach(found -> assertThat(sentences.put(found.group(1), found.group(2))).isNull());
    assertThat(text.lines().filter(line -> line.startsWith("  \""))).hasSize(sentences.size());
    return sentences;
  }

  private static Set<String> all(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.groupCount() == 0 ? found.group() : found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ru", "fa"})
  void eachLanguageHasTheSameSentencesWithTheSamePlaces(String language) throws IOException {
    Map<String, String> english = sentences("en");
    Map<String, String> other = sentences(language);
    assertThat(other.keySet()).containsExactlyElementsOf(english.keySet());
    english.forEach(
        (key, sentence) -> {
          assertThat(all(PLACE, String.valueOf(other.get(key))))
              .as(key)
              .isEqualTo(all(PLACE, sentence));
          assertThat(other.get(key)).as(key).isNotBlank();
        });
  }

  @Test
  void eachSentenceThatAPageNamesIsThereAndNoOther() throws IOException {
    Set<String> known = sentences("en").keySet();
    assertThat(all(USE, pages)).isNotEmpty().isSubsetOf(known);
    Set<String> named = all(KEY, pages);
    Set<String> computed = all(COMPUTED, pages);
    for (String prefix : computed) {
      assertThat(known).as(prefix).anyMatch(key -> key.startsWith(prefix));
    }
    assertThat(known)
        .allMatch(key -> named.contains(key) || computed.stream().anyMatch(key::startsWith));
  }

  @Test
  void eachPlaceOfASentenceIsFilled() throws IOException {
    Map<String, String> english = sentences("en");
    Pattern filled = Pattern.compile("\\bt\\(\\s*\"([^\"]+)\",\\s*\\{([^}]*)}");
    for (MatchResult use : filled.matcher(pages).results().toList()) {
      Set<String> given =
          Stream.of(use.group(2).split(",", -1))
              .map(each -> "{" + each.split(":", 2)[0].strip() + "}")
              .collect(Collectors.toSet());
      assertThat(given)
          .as(use.group())
          .containsAll(all(PLACE, String.valueOf(english.get(use.group(1)))));
    }
    Pattern bare = Pattern.compile("\\bt\\(\\s*\"([^\"]+)\"\\s*\\)");
    for (MatchResult use : bare.matcher(pages).results().toList()) {
      assertThat(all(PLACE, String.valueOf(english.get(use.group(1))))).as(use.group()).isEmpty();
    }
  }
}
