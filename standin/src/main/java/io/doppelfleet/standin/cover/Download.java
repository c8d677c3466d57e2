package io.doppelfleet.standin.cover;

import io.doppelfleet.standin.wire.LoadContent;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/** A body of {@link LoadContent}, as fast as its reader takes it. */
final class Download {
  private static final int CHUNK_LENGTH = 32 * 1024;

  private final HttpServerResponse response;
  private final long length;
  private long sent;

  Download(HttpServerResponse response, long length) {
    this.response = response;
    this.length = length;
  }

  void begin() {
    response
        .putHeader("content-type", "application/octet-stream")
        .putHeader("content-length", Long.toString(length))
        .drainHandler(ready -> pump());
    pump();
  }

  private void pump() {
    while (sent < length && !response.writeQueueFull()) {
      byte[] chunk = new byte[(int) Math.min(CHUNK_LENGTH, length - sent)];
      LoadContent.copy(sent, chunk, 0, chunk.length);
      sent += chunk.length;
      response.write(Buffer.buffer(chunk));
    }
    if (sent == length && !response.ended()) {
      response.end();
    }
  }
}
