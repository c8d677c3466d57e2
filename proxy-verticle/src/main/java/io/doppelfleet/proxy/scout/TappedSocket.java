package io.doppelfleet.proxy.scout;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection whose TLS records are seen beneath the TLS library, and which sends a client's
 * Finished right before its first request, as browsers do.
 */
final class TappedSocket extends Socket {
  private final long end;
  private @Nullable RecordTap tap;
  private @Nullable HeldFinished out;

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

  /** What the TLS library writes next leaves with the Finished that was held. */
  void asks() throws IOException {
    out().asks();
  }

  private HeldFinished out() throws IOException {
    HeldFinished known = out;
    if (known == null) {
      known = new HeldFinished(super.getOutputStream(), new SplittableRandom());
      out = known;
    }
    return known;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return out();
  }
}
