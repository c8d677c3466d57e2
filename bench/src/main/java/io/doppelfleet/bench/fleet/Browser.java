package io.doppelfleet.bench.fleet;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A connection to the API over TLS, which is used again and again, as a browser does. */
final class Browser implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final HttpClientAgent client;
  private final HttpClientConnection connection;
  private final HttpVersion version;
  private final String token;

  private Browser(
      HttpClientAgent client, HttpClientConnection connection, HttpVersion version, String token) {
    this.client = client;
    this.connection = connection;
    this.version = version;
    this.token = token;
  }

  /**
   * What was answered.
   *
   * @param body as it was transferred, compressed where the head says so
   * @param millis from the request until all of it was there
   */
  record Answer(int status, HttpVersion version, MultiMap head, Buffer body, double millis) {
    /** The revision that it is of, as it is named in the next request. */
    String revision() {
      return head.get(HttpHeaders.ETAG);
    }

    /** What it is of bytes on an HTTP/1.1 connection, beneath TLS. */
    int length() {
      int length = "HTTP/1.1 200 OK\r\n\r\n".length() + body.length();
      for (Map.Entry<String, String> line : head) {
        length += line.getKey().length() + line.getValue().length() + ": \r\n".length();
      }
      return length;
    }
  }

  /**
   * Opens one.
   *
   * @param from the address that it has, one of the loopback's
   * @param token which all its requests bring
   */
  static Browser open(
      Vertx vertx, BenchControl.Web web, HttpVersion version, String from, String token)
      throws TimeoutException {
    HttpClientConfig config = new HttpClientConfig().setSsl(true).setVersions(version);
    // The older HttpClientOptions have an address too, to which Vert.x 5.2 doesn't bind.
    config.getTcpConfig().setLocalAddress(SocketAddress.inetSocketAddress(0, from));
    HttpClientAgent client =
        vertx.createHttpClient(config, new ClientSSLOptions().setTrustOptions(web.trust()));
    HttpConnectOptions where =
        new HttpConnectOptions()
            .setHost(web.host())
            .setPort(web.port())
            .setServer(SocketAddress.inetSocketAddress(web.port(), "127.0.0.1"));
    HttpClientConnection connection =
        client
            .connect(where)
            .recover(late -> client.connect(where)) // cold code may outlast the API's patience
            .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return new Browser(client, connection, version, token);
  }

  Answer get(String path) throws IOException, TimeoutException {
    return ask(request(HttpMethod.GET, path), Buffer.buffer());
  }

  /** Changes something, if nobody else has changed anything since this revision. */
  Answer put(String path, String revision, JsonObject body) throws IOException, TimeoutException {
    RequestOptions request =
        request(HttpMethod.PUT, path)
            .putHeader(HttpHeaders.IF_MATCH, revision)
            .putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    return ask(request, body.toBuffer());
  }

  /**
   * Begins to be told something.
   *
   * @param ended hears that it is at its end
   */
  void listen(String path, Handler<Buffer> told, Handler<Void> ended)
      throws IOException, TimeoutException {
    HttpClientResponse response =
        connection
            .request(request(HttpMethod.GET, path))
            .compose(
                request ->
                    request
                        .send()
                        .onSuccess(
                            begun ->
                                begun
                                    .handler(told)
                                    .endHandler(ended)
                                    .exceptionHandler(broken -> ended.handle(null))))
            .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    check(path, response.statusCode(), response.version());
  }

  private RequestOptions request(HttpMethod method, String path) {
    return new RequestOptions()
        .setMethod(method)
        .setURI(path)
        .putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + token)
        .putHeader(HttpHeaders.ACCEPT_ENCODING, "gzip");
  }

  private Answer ask(RequestOptions options, Buffer body) throws IOException, TimeoutException {
    long begin = System.nanoTime();
    Answer answer =
        connection
            .request(options)
            .compose(
                request ->
                    (body.length() == 0 ? request.send() : request.send(body))
                        .compose(response -> received(response, begin)))
            .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    check(options.getURI(), answer.status, answer.version);
    return answer;
  }

  /** Called on the event loop, or the body may have come and gone before. */
  private static Future<Answer> received(HttpClientResponse response, long begin) {
    return response
        .body()
        .map(
            bytes ->
                new Answer(
                    response.statusCode(),
                    response.version(),
                    response.headers(),
                    bytes,
                    Times.since(begin)));
  }

  private void check(String path, int status, HttpVersion spoken) throws IOException {
    if (status >= 300 || spoken != version) {
      throw new IOException(path + " was answered with " + status + " over " + spoken);
    }
  }

  @Override
  public void close() {
    Future<Void> closed = connection.close().eventually(client::close);
    closed.await();
  }
}
