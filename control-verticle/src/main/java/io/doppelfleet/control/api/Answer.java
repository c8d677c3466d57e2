package io.doppelfleet.control.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What a request gets.
 *
 * @param status of HTTP
 * @param body JSON
 * @param revision of the state that it is of, or the version of all accounts, tokens or nodes,
 *     which becomes the ETag; 0: of none
 * @param cookie a line for the browser; null: none
 * @param shared whether the body is there anyhow, and costs no memory
 */
record Answer(int status, Buffer body, long revision, @Nullable String cookie, boolean shared) {
  static Answer of(long revision, JsonObject body) {
    return new Answer(200, body.toBuffer(), revision, null, false);
  }

  /** JSON that is the same for everybody, at all times. */
  static Answer encoded(Buffer body) {
    return new Answer(200, body, 0, null, true);
  }

  static Answer created(long revision, JsonObject body) {
    return new Answer(201, body.toBuffer(), revision, null, false);
  }

  /** The same with a session for the browser, or without the one that it had. */
  Answer with(String line) {
    return new Answer(status, body, revision, line, shared);
  }
}
