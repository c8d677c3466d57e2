package io.doppelfleet.proxy.list;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a web server answers; asked for it only if it has changed. */
final class UrlSource implements Source {
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int MOST_REDIRECTS = 5;

  /** A node isn't to be known by what it fetches; this is what fetches lists most often. */
  private static final String USER_AGENT = "curl/8.14.1";

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);

  private final HttpClient client;
  private final URI url;
  private final Path directory;
  private final Duration every;
  private final Duration patience;
  private final long longest;

  /**
   * Asks by a client.
   *
   * @param directory for what is under way
   * @param every how often
   * @param patience for the whole answer, of all servers that lead to it
   * @param longest that it may be, bytes
   */
  UrlSource(
      HttpClient client, URI url, Path directory, Duration every, Duration patience, long longest) {
    this.client = client;
    this.url = url;
    this.directory = directory;
    this.every = every;
    this.patience = patience;
    this.longest = longest;
  }

  /** A client that goes where it is told to and nowhere else, and is to be closed. */
  static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .proxy(HttpClient.Builder.NO_PROXY)
        .connectTimeout(Duration.ofSeconds(20))
        .build();
  }

  @Override
  public Look look(Stamp known, Stamp refused) throws IOException, InterruptedException {
    Spool spool = new Spool(directory);
    boolean given = false;
    try {
      HttpResponse<Void> response = answer(known, spool);
      int status = response.statusCode();
      if (status == NOT_MODIFIED && !known.equals(Stamp.NONE)) {
        return new Look.Same();
      }
      if (status != OK) {
        throw new IOException("the server answers with HTTP status " + status);
      }
      if (response.headers().firstValue("Content-Length").isEmpty()
          && response.headers().firstValue("Transfer-Encoding").isEmpty()) {
        throw new IOException("the server doesn't say how long it is, so it may not be whole");
      }
      given = true;
      return new Look.Another(
          new Stamp(header(response, "ETag"), header(response, "Last-Modified")), spool);
    } finally {
      if (!given) {
        spool.close();
      }
    }
  }

  private static String header(HttpResponse<Void> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  /** Of who is asked, or of whom that one names. */
  private HttpResponse<Void> answer(Stamp known, Spool into)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    URI asked = url;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpRequest.Builder request = HttpRequest.newBuilder(asked).header("User-Agent", USER_AGENT);
      if (!known.tag().isEmpty()) {
        request.header("If-None-Match", known.tag());
      }
      if (!known.modified().isEmpty()) {
        request.header("If-Modified-Since", known.modified());
      }
      HttpResponse<Void> response = answer(request.build(), into, end);
      if (!REDIRECTS.contains(response.statusCode())) {
        return response;
      }
      asked = next(asked, header(response, "Location"));
    }
    throw new IOException("the server leads from one URL to another, more than five times");
  }

  /**
   * The URL to which a server leads: one that could stand in the configuration too.
   *
   * @throws IOException where it is none, which is not repeated, for it may hold a key
   */
  static URI next(URI asked, String location) throws IOException {
    try {
      URI next = ListUrl.checked(asked.resolve(location.strip()));
      if (isHttps(asked) && !isHttps(next)) {
        throw new IOException("the server leads from https to http");
      }
      return next;
    } catch (IllegalArgumentException e) {
      throw new IOException("the server leads to a URL that may not be fetched", e);
    }
  }

  private static boolean isHttps(URI url) {
    return url.getScheme().toLowerCase(Locale.ROOT).equals("https");
  }

  private HttpResponse<Void> answer(HttpRequest request, Spool into, long end)
      throws IOException, InterruptedException {
    BodyHandler<Void> handler =
        info ->
            info.statusCode() == OK
                ? BodySubscribers.limiting(
                    BodySubscribers.ofByteArrayConsumer(bytes -> bytes.ifPresent(into::take)),
                    longest)
                : BodySubscribers.replacing(null);
    CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request, handler);
    try {
      return answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IOException("it isn't whole after " + written(patience), e);
    } catch (ExecutionException e) {
      throw new IOException("it can't be fetched: " + FetchTrouble.of(e, longest), e);
    } finally {
      answer.cancel(true); // does nothing to one that is there
    }
  }

  private static String written(Duration time) {
    return time.toSeconds() > 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }

  /** Some at another time than others: a fleet's nodes don't come all at once. */
  @Override
  public Duration pause(int failures) {
    Duration pause =
        failures == 0
            ? every
            : Source.doubled(
                FIRST_PAUSE.compareTo(every) < 0 ? FIRST_PAUSE : every, every, failures);
    return pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis() / 10 + 1));
  }
}
