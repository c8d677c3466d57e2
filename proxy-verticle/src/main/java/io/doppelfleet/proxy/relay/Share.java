package io.doppelfleet.proxy.relay;

import java.util.concurrent.atomic.AtomicLong;

/** What one secret, or all strangers, were given of the link while it was full. */
final class Share {
  private final AtomicLong given = new AtomicLong();

  /** Bytes; only their differences mean something. */
  long given() {
    return given.get();
  }

  void given(int bytes) {
    given.addAndGet(bytes);
  }

  /** From now on it counts as given so much at least. */
  void begin(long least) {
    given.accumulateAndGet(least, Math::max);
  }
}
