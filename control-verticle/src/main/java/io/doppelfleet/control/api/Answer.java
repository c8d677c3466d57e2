package io.doppelfleet.control.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * What a request gets.
 *
 * @param status of HTTP
 * @param body JSON
 * @param revision of the state that it is of, which becomes the ETag; 0: of none
 */
record Answer(int status, Buffer body, long revision) {
  static Answer of(long revision, JsonObject body) {
    return new Answer(200, body.toBuffer(), revision);
  }

  static Answer created(long revision, JsonObject body) {
    return new Answer(201, body.toBuffer(), revision);
  }
}
