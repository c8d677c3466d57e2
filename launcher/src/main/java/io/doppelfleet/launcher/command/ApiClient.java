package io.doppelfleet.launcher.command;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Asks a control, by the door that it has. */
public final class ApiClient implements AutoCloseable {
  private static final String ROOT = "/api/v1";

  /** An import of many secrets takes its time. */
  private static final long ANSWER_MILLIS = 120_000;

  private final Door door;
  private final Vertx vertx;
  private final HttpClient client;

  /** That of the node with this state directory; nothing is sent yet. */
  public static ApiClient ofNode(Path state) {
    return new ApiClient(NodeDoor.of(state));
  }

  /** By a door; nothing is sent yet. */
  ApiClient(Door door) {
    this.door = door;
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    this.client = vertx.createHttpClient(door.client());
  }

  /**
   * What was answered.
   *
   * @param body JSON
   * @param etag of the state that it is of; null: of none
   */
  public record Reply(JsonObject body, @Nullable String etag) {}

  private record Raw(int status, Buffer body, @Nullable String etag, @Nullable String after) {}

  /** A text as one part of a path. */
  static String part(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  public Reply get(String path) throws CommandException {
    return send(HttpMethod.GET, path, null, null);
  }

  /**
   * The first page of a list with the entries of all others in it.
   *
   * @param path with a query
   * @param field the list's
   */
  JsonObject all(String path, String field) throws CommandException {
    JsonObject all = get(path).body();
    String next = all.getString("next");
    while (next != null) {
      JsonObject page = get(path + "&cursor=" + part(next)).body();
      all.getJsonArray(field).addAll(page.getJsonArray(field));
      next = page.getString("next");
    }
    all.remove("next");
    return all;
  }

  public Reply post(String path, JsonObject body) throws CommandException {
    return send(HttpMethod.POST, path, body, null);
  }

  Reply delete(String path) throws CommandException {
    return send(HttpMethod.DELETE, path, null, null);
  }

  /** With the ETag of the state that it is meant for. */
  Reply postOn(String etag, String path, JsonObject body) throws CommandException {
    return send(HttpMethod.POST, path, body, etag);
  }

  Reply put(String path, JsonObject body) throws CommandException {
    return send(HttpMethod.PUT, path, body, null);
  }

  /** With the ETag of the state that it is meant for. */
  public Reply putOn(String etag, String path, JsonObject body) throws CommandException {
    return send(HttpMethod.PUT, path, body, etag);
  }

  private Reply send(
      HttpMethod method, String path, @Nullable JsonObject body, @Nullable String ifMatch)
      throws CommandException {
    door.check();
    Raw raw;
    try {
      raw = sent(method, path, body, ifMatch).await();
    } catch (Exception e) { // await() throws checked ones too
      throw door.unreachable(e);
    }
    JsonObject json;
    try {
      json = raw.body.toJsonObject();
    } catch (DecodeException e) {
      throw door.noApi(raw.status);
    }
    if (raw.status >= 400) {
      throw door.refused(raw.status, json.getString("detail", "the control refused"), raw.after);
    }
    return new Reply(json, raw.etag);
  }

  private Future<Raw> sent(
      HttpMethod method, String path, @Nullable JsonObject body, @Nullable String ifMatch) {
    RequestOptions options =
        door.request().setMethod(method).setURI(ROOT + path).setTimeout(ANSWER_MILLIS);
    if (ifMatch != null) {
      options.putHeader(HttpHeaders.IF_MATCH, ifMatch);
    }
    // The body is asked for on the event loop, or it may have come and gone before.
    return client
        .request(options)
        .compose(request -> sent(request, body).compose(ApiClient::received));
  }

  private static Future<HttpClientResponse> sent(
      HttpClientRequest request, @Nullable JsonObject body) {
    return body == null
        ? request.send()
        : request.putHeader(HttpHeaders.CONTENT_TYPE, "application/json").send(body.toBuffer());
  }

  private static Future<Raw> received(HttpClientResponse response) {
    return response
        .body()
        .map(
            bytes ->
                new Raw(
                    response.statusCode(),
                    bytes,
                    response.getHeader(HttpHeaders.ETAG),
                    response.getHeader(HttpHeaders.RETRY_AFTER)));
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
