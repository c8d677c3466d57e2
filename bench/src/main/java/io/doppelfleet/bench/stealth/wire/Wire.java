package io.doppelfleet.bench.stealth.wire;

import io.doppelfleet.standin.tcp.Ending;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection that writes down what comes, when, and how it ends. What the other end makes
 * impossible (a write after its reset) is written down too and never thrown. For one thread.
 */
public final class Wire implements AutoCloseable {
  /** What {@link #read} says where nothing came in time. */
  public static final int QUIET = 0;

  /** What {@link #read} says once the other end has closed, whichever way. */
  public static final int END = -1;

  private static final int CONNECT_MILLIS = 10_000;
  private static final int READ_LENGTH = 64 * 1024;

  /** How often it is tried whether an end that sent FIN still takes bytes, each time for longer. */
  private static final int PRIES = 7;

  private static final int FIRST_PRY_MILLIS = 2;

  /** What comes later than this comes in a while. */
  private static final Duration AT_ONCE = Duration.ofMillis(5);

  private final Socket socket;
  private final byte[] buffer = new byte[READ_LENGTH];
  private byte[] received = new byte[2048];
  private int length;
  private final List<Long> reactions = new ArrayList<>();
  private final List<Arrival> arrivals = new ArrayList<>();
  private long acted;
  private boolean waiting;
  private boolean outputEnded;
  private boolean refused;
  private int whole;
  private long finishUntil;
  private @Nullable Ending ending;
  private long endNanos = -1;

  /**
   * A read.
   *
   * @param end bytes that were here with it
   * @param nanos when, by {@link System#nanoTime}
   */
  private record Arrival(int end, long nanos) {}

  private Wire(Socket socket) {
    this.socket = socket;
  }

  /** Connects; the connection counts as the first act. */
  public static Wire connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(address, CONNECT_MILLIS);
    Wire wire = new Wire(socket);
    wire.act();
    return wire;
  }

  private void act() {
    acted = System.nanoTime();
    waiting = true;
  }

  /** Sends in one write. */
  public void send(byte[] bytes) {
    act();
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      refused = true;
    }
  }

  /** Sends a FIN; reading goes on. */
  public void halfClose() {
    act();
    try {
      socket.shutdownOutput();
      outputEnded = true;
    } catch (IOException e) {
      refused = true;
    }
  }

  /** Ends with a RST; nothing is seen from then on. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /**
   * Reads once.
   *
   * @return bytes that came and were appended to {@link #received}, {@link #QUIET} or {@link #END}
   */
  public int read(Duration atMost) throws IOException {
    if (ending != null) {
      return END;
    }
    socket.setSoTimeout((int) Math.max(1, atMost.toMillis()));
    int read;
    try {
      read = socket.getInputStream().read(buffer);
    } catch (SocketTimeoutException e) {
      return QUIET;
    } catch (SocketException e) {
      endNanos = System.nanoTime() - acted;
      ending = Ending.RST;
      return END;
    }
    long now = System.nanoTime();
    if (read < 0) {
      endNanos = now - acted;
      ending = Ending.FIN;
      return END;
    }
    arrivals.add(new Arrival(length + read, now));
    if (waiting) {
      reactions.add(now - acted);
      waiting = false;
    }
    if (received.length - length < read) {
      received = Arrays.copyOf(received, 2 * (length + read));
    }
    System.arraycopy(buffer, 0, received, length, read);
    length += read;
    return read;
  }

  /** Reads until so many bytes are here in all, or the end, or so long. */
  public void readUntil(int bytes, Duration atMost) throws IOException {
    long until = System.nanoTime() + atMost.toNanos();
    while (length < bytes) {
      long left = until - System.nanoTime();
      if (left <= 0 || read(Duration.ofNanos(left)) == END) {
        return;
      }
    }
  }

  /** Reads until nothing comes for so long, or the end. */
  public void readUntilQuiet(Duration quiet) throws IOException {
    int read = read(quiet);
    while (read > 0) {
      read = read(quiet);
    }
  }

  /** Reads to the end, or for so long. */
  public void readToEnd(Duration atMost) throws IOException {
    readUntil(Integer.MAX_VALUE, atMost);
  }

  /**
   * Says that the script is over but for waiting: to the end, or for so long. What comes at once is
   * timed here; who called the script may do the rest elsewhere, by {@link #complete}.
   */
  public void finish(Duration atMost) throws IOException {
    finishUntil = System.nanoTime() + atMost.toNanos();
    readToEnd(atMost.compareTo(AT_ONCE) < 0 ? atMost : AT_ONCE);
  }

  /** Waits as {@link #finish} has said. */
  public void complete() throws IOException {
    long left = finishUntil - System.nanoTime();
    if (finishUntil != 0 && left > 0) {
      readToEnd(Duration.ofNanos(left));
    }
  }

  /** Reads what comes in one go: nothing may come for a while, then all of it does. */
  public void readBurst(Duration atMost) throws IOException {
    if (read(atMost) > 0) {
      readUntilQuiet(AT_ONCE);
    }
  }

  /**
   * Where the other end has sent FIN, tries whether it still takes bytes: one that has gone answers
   * with a reset, one that lingers does not.
   */
  public void pry() throws InterruptedException {
    for (int i = 0; i < PRIES && ending == Ending.FIN && !outputEnded && !refused; i++) {
      send(new byte[1]);
      Thread.sleep((long) FIRST_PRY_MILLIS << i);
    }
  }

  /**
   * Where fewer bytes than this come, a race decides how many, which is nobody's doing: that it was
   * cut is seen, and not where.
   */
  public void cutByChance(int below) {
    whole = below;
  }

  boolean isCutByChance() {
    return length < whole;
  }

  /** All bytes so far. */
  public byte[] received() {
    return receivedFrom(0);
  }

  /** Those from an offset on. */
  byte[] receivedFrom(int offset) {
    return Arrays.copyOfRange(received, offset, length);
  }

  /** How many. */
  public int receivedLength() {
    return length;
  }

  /** When the last act was, by {@link System#nanoTime}. */
  public long acted() {
    return acted;
  }

  /** When the byte at an offset came, by {@link System#nanoTime}; it must be here. */
  public long arrivedAt(int offset) {
    int from = 0;
    int to = arrivals.size() - 1;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (arrivals.get(middle).end <= offset) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return arrivals.get(from).nanos;
  }

  /** The big-endian 16 bits at an offset; they must be here. */
  public int u16(int offset) {
    return (received[offset] & 0xff) << 8 | (received[offset + 1] & 0xff);
  }

  /** Nanoseconds from each act to the first byte after it, acts without an answer left out. */
  public List<Long> reactions() {
    return List.copyOf(reactions);
  }

  /** Nanoseconds from the last act to the other end's close, or -1. */
  public long endNanos() {
    return endNanos;
  }

  /** How the other end closed; null where it did not. */
  public @Nullable Ending ending() {
    return ending;
  }

  /** Whether a write failed. */
  public boolean refused() {
    return refused;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
