package io.doppelfleet.control;

import io.doppelfleet.fleet.HostPort;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who comes to the API over TCP, with a browser's cookie or a program's token. */
final class Visitor {
  private final HttpClient client;
  private final HostPort address;
  private final @Nullable Documented documented;
  private final Map<String, String> head = new HashMap<>();

  /** With what answers have to be. */
  Visitor(HttpClient client, HostPort address, @Nullable Documented documented) {
    this.client = client;
    this.address = address;
    this.documented = documented;
  }

  /** What was answered; its cookie as it was set. */
  record Reply(int status, JsonObject body, Map<String, String> head) {
    String detail() {
      return status + " " + body.getString("detail");
    }

    @Nullable String header(String name) {
      return head.get(name);
    }
  }

  /** With a line of the head in all that follows. */
  Visitor with(String name, String value) {
    head.put(name, value);
    return this;
  }

  /** The same at a control that was started anew. */
  Visitor to(TestControl control) {
    Visitor there = control.visitor();
    head.forEach(there::with);
    return there;
  }

  Visitor without(String name) {
    head.remove(name);
    return this;
  }

  Reply get(String path) throws Exception {
    return call("GET", path, null);
  }

  Reply post(String path, JsonObject body) throws Exception {
    return call("POST", path, body.encode());
  }

  Reply call(String method, String path, @Nullable String body) throws Exception {
    RequestOptions options =
        new RequestOptions()
            .setHost(address.host())
            .setPort(address.port())
            .setMethod(HttpMethod.valueOf(method))
            .setURI("/api/v1" + path);
    if (body != null) {
      options.putHeader("Content-Type", "application/json");
    }
    head.forEach(options::putHeader);
    // The body is asked for on the event loop, or it may have come and gone before.
    return TestControl.get(
        client
            .request(options)
            .compose(
                request ->
                    (body == null ? request.send() : request.send(body)).compose(Visitor::reply))
            .compose(reply -> checked(method, path, reply)));
  }

  private Future<Reply> checked(String method, String path, Reply reply) {
    return documented == null
        ? Future.succeededFuture(reply)
        : documented.check(method, path, reply.status, reply.body, reply.header("etag")).map(reply);
  }

  private static Future<Reply> reply(HttpClientResponse response) {
    Map<String, String> head = new HashMap<>();
    response.headers().forEach((name, value) -> head.put(name.toLowerCase(Locale.ROOT), value));
    return response
        .body()
        .map(bytes -> new Reply(response.statusCode(), bytes.toJsonObject(), head));
  }

  /** Comes in by an invitation or a password: the cookie, and what a page says with it. */
  Reply in(String path, JsonObject body) throws Exception {
    Reply reply = post(path, body);
    String cookie = reply.header("set-cookie");
    if (cookie != null) {
      with("Cookie", cookie.split(";", 2)[0]).with("X-CSRF-Token", reply.body.getString("csrf"));
    }
    return reply;
  }
}
