package io.doppelfleet.proxy.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The included pages. */
final class SamplePagesTest {
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 1);
  private static final Pattern LINK = Pattern.compile("(?:href|src)=\"(/[^\"]*)\"");

  @TempDir Path directory;

  @Test
  void noTwoNodesHaveTheSameAndNoneTellsWhatItIs() throws Exception {
    Map<String, String> first = pages(1);
    assertThat(pages(1)).isEqualTo(first);
    for (int seed = 2; seed < 40; seed++) {
      Map<String, String> other = pages(seed);
      assertThat(other.get("index.html")).isNotEqualTo(first.get("index.html"));
      for (String common : List.of("index.html", "view.svg", "style.css")) {
        assertThat(other).containsKey(common);
      }
      other.forEach(
          (name, text) ->
              assertThat(text)
                  .as(name)
                  .doesNotContainIgnoringCase("doppel")
                  .doesNotContainIgnoringCase("proxy")
                  .doesNotContainIgnoringCase("telegram")
                  .doesNotContain("{{"));
    }
  }

  @Test
  void everyLinkLeadsToAPageAndThereIsEnoughForABulkAnswer() throws Exception {
    for (int seed = 0; seed < 40; seed++) {
      Map<String, String> pages = pages(seed);
      assertThat(pages.getOrDefault("view.svg", "").length()).isBetween(60_000, 300_000);
      assertThat(pages.values().stream().filter(text -> text.length() > 12_000).count())
          .isGreaterThan(1);
      pages.forEach(
          (name, text) -> {
            Matcher link = LINK.matcher(text);
            while (link.find()) {
              String path = link.group(1).substring(1);
              assertThat(pages).as(name).containsKey(path.isEmpty() ? "index.html" : path);
            }
            if (name.endsWith(".html")) {
              assertThat(text)
                  .contains("<!doctype html>", "<html lang=\"en\">", "name=\"viewport\"");
            }
          });
    }
  }

  @Test
  void picturesAndPagesAreWellFormed() throws Exception {
    for (Map.Entry<String, String> page : pages(3).entrySet()) {
      if (page.getKey().endsWith(".svg")) {
        parse(page.getValue());
      } else if (page.getKey().endsWith(".html")) {
        parse(
            page.getValue()
                .replace("<!doctype html>\n", "")
                .replaceAll("<(meta|link|img)( [^>]*)>", "<$1$2/>"));
      }
    }
  }

  @Test
  void theyAreWrittenOnceAndTheOperatorsChangesStay() throws Exception {
    Path made = SamplePages.in(directory);
    Files.writeString(made.resolve("index.html"), "mine");
    assertThat(SamplePages.in(directory)).isEqualTo(made);
    assertThat(made.resolve("index.html")).hasContent("mine");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(made);
    }
  }

  private static void parse(String xml) throws Exception {
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  private Map<String, String> pages(int seed) throws IOException {
    Path made = Files.createTempDirectory(directory, "pages");
    SamplePages.write(made, new Random(seed), TODAY);
    return read(made);
  }

  private static Map<String, String> read(Path made) throws IOException {
    Map<String, String> pages = new TreeMap<>();
    try (Stream<Path> files = Files.list(made)) {
      for (Path file : files.toList()) {
        pages.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return pages;
  }
}
