package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Sheet;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** What a browser that knows nothing yet transfers until the dashboard shows the fleet. */
final class FirstView {
  private static final String PAGE = "/";

  /** What the page asks of the API then; the first event says what the last of these says. */
  private static final String[] ANSWERS = {"/api/v1/session", "/api/v1/status"};

  /** What a file has a browser load at once, by its media type. */
  private static final Map<String, Pattern> LOADED =
      Map.of(
          "text/html", Pattern.compile("(?:src|href)=\"([^\"]+)\""),
          "text/javascript",
              Pattern.compile(
                  "(?m)^(?:import|(?:import|export)\\b[^;\"'(]*\\bfrom)\\s*[\"']([^\"']+)[\"']"),
          "text/css", Pattern.compile("url\\([\"']?([^\"')]+)"));

  private final Vertx vertx;
  private final BenchControl control;

  FirstView(Vertx vertx, BenchControl control) {
    this.vertx = vertx;
    this.control = control;
  }

  void measure(Sheet sheet) throws IOException, TimeoutException {
    String token = control.apiToken("first-view");
    try (Browser browser =
        Browser.open(vertx, control.web(), HttpVersion.HTTP_1_1, "127.0.0.1", token)) {
      long begin = System.nanoTime();
      Set<String> seen = new HashSet<>(Set.of(PAGE));
      Queue<String> rest = new ArrayDeque<>(seen);
      long bytes = 0;
      for (String path = rest.poll(); path != null; path = rest.poll()) {
        Browser.Answer answer = browser.get(path);
        bytes += answer.length();
        for (String next : loaded(path, answer)) {
          if (seen.add(next)) {
            rest.add(next);
          }
        }
      }
      for (String answer : ANSWERS) {
        bytes += browser.get(answer).length();
      }
      sheet.title("the dashboard's first view");
      sheet.add("files", seen.size(), "");
      sheet.add("transferred, with two answers of the API", bytes / 1e3, "KB", 300);
      sheet.add("one after another on one connection", Times.since(begin), "ms");
    }
  }

  /** The paths that a file leads to. */
  private static Set<String> loaded(String path, Browser.Answer answer) throws IOException {
    String type = String.valueOf(answer.head().get(HttpHeaders.CONTENT_TYPE)).split(";", 2)[0];
    @Nullable Pattern links = LOADED.get(type);
    Set<String> paths = new HashSet<>();
    if (links != null) {
      links
          .matcher(text(answer))
          .results()
          .forEach(found -> paths.add(URI.create(path).resolve(found.group(1)).getPath()));
    }
    return paths;
  }

  private static String text(Browser.Answer answer) throws IOException {
    Buffer body = answer.body();
    if (!"gzip".equals(answer.head().get(HttpHeaders.CONTENT_ENCODING))) {
      return body.toString();
    }
    try (GZIPInputStream whole = new GZIPInputStream(new ByteArrayInputStream(body.getBytes()))) {
      return new String(whole.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
