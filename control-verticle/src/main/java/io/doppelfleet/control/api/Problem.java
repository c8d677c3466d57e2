package io.doppelfleet.control.api;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Why a request wasn't done, as RFC 9457 has it; nothing of it was done then. */
final class Problem extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final @Nullable String field;

  /** Seconds after which it may be asked again; 0: it isn't said. */
  private final int after;

  private Problem(int status, @Nullable String field, String detail, int after) {
    super(detail);
    this.status = status;
    this.field = field;
    this.after = after;
  }

  /** Of the request as a whole, with a sentence for people. */
  static Problem of(int status, String detail) {
    return new Problem(status, null, detail, 0);
  }

  /**
   * Of one field.
   *
   * @param field its name in the body, the query, the path or the head
   * @param wrong what is wrong with it and what would be right, as the sentence goes on after it
   */
  static Problem of(int status, String field, String wrong) {
    return new Problem(status, field, field + " " + wrong, 0);
  }

  /** It was tried too often. */
  static Problem later(int seconds) {
    return later("too many have tried", seconds);
  }

  /** It was done too often, as a sentence says that goes on with when it may be done again. */
  static Problem later(String why, int seconds) {
    return new Problem(429, null, why + ": in " + seconds + " s would be right", seconds);
  }

  /** Seconds after which it may be asked again; 0: it isn't said. */
  int after() {
    return after;
  }

  int status() {
    return status;
  }

  /** The body of the answer. */
  JsonObject json() {
    JsonObject json =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
            .put("status", status)
            .put("detail", getMessage());
    return field == null ? json : json.put("field", field);
  }
}
