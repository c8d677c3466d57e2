package io.doppelfleet.proxy.scout;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Sends a hello and reads the flight that answers it, as it stands on the wire. Blocks. */
final class FlightProbe {
  /** Some times the longest chain of certificates that is in use. */
  private static final int LONGEST_FLIGHT = 64 * 1024;

  /** A flight that doesn't fit the first window is continued a round trip later. */
  private static final int QUIET_MILLIS = 50;

  private static final int LONGEST_QUIET_MILLIS = 1_000;

  /**
   * How long a hello that came back may go unanswered, and some round trips: if it is a loop, it
   * grows meanwhile.
   */
  private static final int LOOP_MILLIS = 250;

  private final Bounds bounds;
  private final Leash leash;

  FlightProbe(Bounds bounds, Leash leash) {
    this.bounds = bounds;
    this.leash = leash;
  }

  /**
   * Sends it.
   *
   * @param cameBack whether it arrived at this node; then its answer isn't waited for as long
   */
  Sighting send(InetSocketAddress to, byte[] hello, BooleanSupplier cameBack) {
    try (Socket socket = leash.on(new Socket())) {
      socket.setTcpNoDelay(true);
      long start = System.nanoTime();
      leash.connect(socket, to, (int) bounds.connect().toMillis());
      int connect = micros(System.nanoTime() - start);
      return new Reading(socket, connect).after(hello, cameBack);
    } catch (IOException e) {
      return new Sighting(new Seen.Unreachable(String.valueOf(e.getMessage())), 0, 0);
    }
  }

  private static int micros(long nanos) {
    return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMicros(nanos));
  }

  private final class Reading {
    private final Socket socket;
    private final int connect;
    private final int quiet;
    private final int loop;
    private final byte[] bytes = new byte[LONGEST_FLIGHT];
    private int length;
    private int delay;

    Reading(Socket socket, int connect) {
      this.socket = socket;
      this.connect = connect;
      this.quiet = Math.min(LONGEST_QUIET_MILLIS, QUIET_MILLIS + 2 * connect / 1000);
      this.loop = LOOP_MILLIS + 4 * (connect / 1000);
    }

    Sighting after(byte[] hello, BooleanSupplier cameBack) {
      @Nullable Seen seen = null;
      try {
        InputStream in = socket.getInputStream();
        // Before the write: on a busy machine a near site has answered when that returns.
        long sent = System.nanoTime();
        socket.getOutputStream().write(hello);
        long end = sent + bounds.answer().toNanos();
        while (seen == null || seen instanceof Seen.Flight) {
          long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
          long wait = seen == null ? left : Math.min(left, quiet);
          if (wait <= 0) {
            return sighting(new Seen.Slow());
          }
          boolean doubtful = length == 0 && wait > loop;
          socket.setSoTimeout(doubtful ? loop : (int) wait);
          int read;
          try {
            read = in.read(bytes, length, bytes.length - length);
          } catch (SocketTimeoutException e) {
            if (doubtful && !cameBack.getAsBoolean()) {
              continue;
            }
            throw e;
          }
          if (read < 0) {
            return sighting(seen == null ? new Seen.Ended() : seen);
          }
          if (length == 0) {
            delay = micros(System.nanoTime() - sent);
          }
          length += read;
          seen = FlightReader.read(bytes, length);
          if (length == bytes.length) {
            return sighting(new Seen.Endless());
          }
        }
        return sighting(seen);
      } catch (SocketTimeoutException e) {
        return sighting(seen == null ? new Seen.Slow() : seen);
      } catch (IOException e) { // a reset
        return sighting(seen == null ? new Seen.Ended() : seen);
      }
    }

    private Sighting sighting(Seen seen) {
      return new Sighting(seen, connect, delay);
    }
  }
}
