package io.doppelfleet.proxy.site;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/**
 * An answer.
 *
 * @param status as it is sent
 * @param headers all but Connection
 * @param text what is sent where there is no file
 * @param file what is sent, or null; whoever has the reply closes it
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
record Reply(HttpResponseStatus status, HttpHeaders headers, byte[] text, @Nullable FileBody file) {

  /** Whether the connection can go on after it: not where the request could not be read. */
  boolean leavesOrder() {
    return switch (status.code()) {
      case 400, 414, 431 -> false;
      default -> true;
    };
  }
}
