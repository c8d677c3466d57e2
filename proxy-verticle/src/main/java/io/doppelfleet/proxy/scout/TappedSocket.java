package io.doppelfleet.proxy.scout;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** A TCP connection whose TLS records are seen beneath the TLS library that reads from it. */
final class TappedSocket extends Socket {
  private final long end;
  private @Nullable RecordTap tap;

  /** Not connected yet; reading is over at this time of {@link System#nanoTime}. */
  TappedSocket(long end) {
    this.end = end;
  }

  RecordTap tap() throws IOException {
    RecordTap known = tap;
    if (known == null) {
      known = new RecordTap(this, super.getInputStream(), end);
      tap = known;
    }
    return known;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return tap();
  }
}
