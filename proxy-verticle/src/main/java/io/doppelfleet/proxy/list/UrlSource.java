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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What a web server answers; asked for it only if it has changed. */
final class UrlSource implements Source {
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;

  /** A node isn't to be known by what it fetches; this is what fetches lists most often. */
  private static final String USER_AGENT = "curl/8.14.1";

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);

  private final HttpClient client;
  private final URI url;
  private final Duration every;
  private final Duration patience;
  private final long longest;

  /**
   * Asks by a client.
   *
   * @param every how often
   * @param patience for the whole answer
   * @param longest that it may be, bytes
   */
  UrlSource(HttpClient client, URI url, Duration every, Duration patience, long longest) {
    this.client = client;
    this.url = url;
    this.every = every;
    this.patience = patience;
    this.longest = longest;
  }

  /** A client that goes on from https to https alone, and is to be closed. */
  static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NORMAL)
        .connectTimeout(Duration.ofSeconds(20))
        .build();
  }

  @Override
  public @Nullable Stamp fetch(Stamp known, Path into) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url).timeout(patience).header("User-Agent", USER_AGENT);
    if (!known.tag().isEmpty()) {
      request.header("If-None-Match", known.tag());
    }
    if (!known.modified().isEmpty()) {
      request.header("If-Modified-Since", known.modified());
    }
    HttpResponse<Path> response = answer(request.build(), into);
    int status = response.statusCode();
    if (status == NOT_MODIFIED && !known.equals(Stamp.NONE)) {
      return null;
    }
    if (status != OK) {
      throw new IOException("the server answers with HTTP status " + status);
    }
    if (response.headers().firstValue("Content-Length").isEmpty()
        && response.headers().firstValue("Transfer-Encoding").isEmpty()) {
      throw new IOException("the server doesn't say how long it is, so it may not be whole");
    }
    return new Stamp(header(response, "ETag"), header(response, "Last-Modified"));
  }

  private static String header(HttpResponse<Path> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private HttpResponse<Path> answer(HttpRequest request, Path into)
      throws IOException, InterruptedException {
    BodyHandler<Path> handler =
        info ->
            info.statusCode() == OK
                ? BodySubscribers.limiting(BodySubscribers.ofFile(into), longest)
                : BodySubscribers.replacing(into);
    CompletableFuture<HttpResponse<Path>> answer = client.sendAsync(request, handler);
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("it isn't whole after " + patience.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException("it can't be fetched: " + reason(e), e);
    } finally {
      answer.cancel(true); // does nothing to one that is there
    }
  }

  /** Without the words of whoever answers, and without the URL. */
  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName()
        + (root.getMessage() == null ? "" : " (" + root.getMessage() + ")");
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
