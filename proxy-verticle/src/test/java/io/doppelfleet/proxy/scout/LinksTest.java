package io.doppelfleet.proxy.scout;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinksTest {
  @Test
  void partsComeBeforePagesWhateverTheQuotes() {
    assertThat(
            links(
                "<!doctype html><a class=x HREF = \"/about\">a</a><link rel=stylesheet href=/a.css>"
                    + "<img alt='1 > 0' src='b/c.png?d=1&amp;e=2'/><script async src=z.js></script>"
                    + "<a href=https://elsewhere.example/>e</a><img srcset=/no.png>"))
        .containsExactly("/a.css", "/b/c.png?d=1&e=2", "/z.js", "/about");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<a", "<a href", "<a href ", "<a href=", "<a href='", "<a src=\"<", "<a ", "<"})
  void noPageTakesLong(String hostile) {
    String page = hostile.repeat((1 << 20) / hostile.length());
    links(page.substring(0, 1000)); // warm
    long start = System.nanoTime();
    links(page);
    links("<a href" + " ".repeat(1 << 20));
    links("<" + "a".repeat(1 << 20));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(400));
  }

  @Test
  void whatStandsBehindTheFirst64KilobytesIsNotLookedAt() {
    assertThat(links("<img src=/a>" + " ".repeat(1 << 16) + "<img src=/b>")).containsExactly("/a");
  }

  private static List<String> links(String page) {
    byte[] body = page.getBytes(StandardCharsets.ISO_8859_1);
    return Links.of(
        new Web.Answer(200, Map.of("content-type", "text/html"), body, body.length, true),
        "cover.example",
        "/");
  }
}
