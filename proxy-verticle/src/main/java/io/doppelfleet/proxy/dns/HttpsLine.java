package io.doppelfleet.proxy.dns;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * By HTTPS, in HTTP/2 where the server has it. Where the certificate has a name, that is in the
 * URL, and whoever resolves it has to find the address, see {@link Names}.
 */
final class HttpsLine implements Line {
  private static final String MESSAGE = "application/dns-message";
  private static final int OK = 200;
  private static final int LONGEST = 65_535;

  private final URI url;
  private final HttpClient client;

  HttpsLine(NameServer server, SSLContext trust) {
    String host = server.peer();
    this.url =
        URI.create(
            "https://"
                + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
                + ":"
                + server.address().getPort()
                + server.path());
    this.client =
        HttpClient.newBuilder()
            .sslContext(trust)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  @Override
  public List<byte[]> ask(List<byte[]> questions) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    List<CompletableFuture<HttpResponse<byte[]>>> asked = new ArrayList<>();
    try {
      for (byte[] question : questions) {
        HttpRequest request =
            HttpRequest.newBuilder(url)
                .header("Content-Type", MESSAGE)
                .header("Accept", MESSAGE)
                .POST(BodyPublishers.ofByteArray(question))
                .build();
        asked.add(
            client.sendAsync(
                request, info -> BodySubscribers.limiting(BodySubscribers.ofByteArray(), LONGEST)));
      }
      Answers answers = new Answers(questions);
      IOException why = new IOException("no answer");
      for (CompletableFuture<HttpResponse<byte[]>> each : asked) {
        try {
          byte[] answer = read(each.get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
          if (!answers.take(answer)) {
            why = new IOException("it answers what it wasn't asked");
          }
        } catch (ExecutionException e) {
          why = e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (IOException e) {
          why = e;
        } catch (TimeoutException e) { // another one may be there
          why = new IOException("no answer", e);
        }
      }
      return answers.orElseThrow(why);
    } finally {
      asked.forEach(each -> each.cancel(true)); // does nothing to one that is there
    }
  }

  private static byte[] read(HttpResponse<byte[]> response) throws IOException {
    if (response.statusCode() != OK) {
      throw new IOException("it answers with HTTP status " + response.statusCode());
    }
    return response.body();
  }
}
