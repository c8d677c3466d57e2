package io.doppelfleet.standin.load;

import io.doppelfleet.standin.wire.LoadRequest;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Asks for content without end and reads {@link LoadClients#READ_LENGTH} of it a second. */
public final class SlowDownload implements Talk {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongAdder arrived;
  private final long delayNanos;
  private boolean over;

  /**
   * One of several.
   *
   * @param turn its own among them, from 0: so that they don't all read at one moment
   * @param all how many they are
   * @param arrived takes the bytes that come
   */
  public SlowDownload(int turn, int all, LongAdder arrived) {
    this.arrived = arrived;
    this.delayNanos = INTERVAL_NANOS * turn / all;
  }

  @Override
  public byte[] opening() {
    return LoadRequest.stream(Long.MAX_VALUE).encode();
  }

  @Override
  public void opened(LoadConnection connection) {
    connection.readWhenTold();
    connection.after(delayNanos, () -> next(connection));
  }

  private void next(LoadConnection connection) {
    if (!over) {
      connection.read();
      connection.after(INTERVAL_NANOS, () -> next(connection));
    }
  }

  @Override
  public void heard(LoadConnection connection, byte[] bytes, int length) {
    arrived.add(length);
  }

  @Override
  public void closed(@Nullable Throwable why) {
    over = true;
  }
}
