package io.doppelfleet.standin.load;

import org.jspecify.annotations.Nullable;

/** A connection ended before its work was done. */
public final class LostConnectionException extends RuntimeException {

  LostConnectionException(@Nullable Throwable why) {
    super(why == null ? "the proxy closed the connection" : String.valueOf(why.getMessage()), why);
  }
}
