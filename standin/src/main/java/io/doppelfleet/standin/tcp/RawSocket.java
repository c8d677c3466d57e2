package io.doppelfleet.standin.tcp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;

/**
 * A blocking TCP connection that tells how it was closed. Every read ends after ten seconds with a
 * {@link SocketTimeoutException}.
 */
public final class RawSocket implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int READ_LENGTH = 64 * 1024;

  private final Socket socket;

  RawSocket(Socket socket) throws SocketException {
    this.socket = socket;
    // Writes stay apart: Nagle's algorithm would join them.
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
  }

  /** Connects. */
  public static RawSocket connect(InetSocketAddress address) throws IOException {
    return connected(new Socket(), address);
  }

  /** Connects from an address of this machine: all of 127.0.0.0/8 is. */
  public static RawSocket connect(InetSocketAddress address, InetAddress from) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    return connected(socket, address);
  }

  private static RawSocket connected(Socket socket, InetSocketAddress address) throws IOException {
    socket.connect(address, TIMEOUT_MILLIS);
    return new RawSocket(socket);
  }

  /** Sends in one write. */
  public void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /**
   * Sends in segments.
   *
   * @param segment bytes of each write
   * @param pause between two writes; without one the reader may see several joined
   */
  public void send(byte[] bytes, int segment, Duration pause)
      throws IOException, InterruptedException {
    for (int at = 0; at < bytes.length; at += segment) {
      if (at > 0) {
        Thread.sleep(pause);
      }
      socket.getOutputStream().write(bytes, at, Math.min(segment, bytes.length - at));
    }
  }

  /** What the next read returns, 1..65536 bytes, or nothing after a FIN. */
  public byte[] read() throws IOException {
    byte[] buffer = new byte[READ_LENGTH];
    return Arrays.copyOf(buffer, Math.max(0, read(buffer)));
  }

  /** Bytes read into the buffer, or -1 after a FIN. */
  public int read(byte[] buffer) throws IOException {
    return socket.getInputStream().read(buffer);
  }

  /** So many bytes, or fewer when the other end closes before. */
  public byte[] read(int length) throws IOException {
    return socket.getInputStream().readNBytes(length);
  }

  /** Whether nothing comes for so long, not even the end. */
  public boolean isQuiet(Duration time) throws IOException {
    socket.setSoTimeout((int) time.toMillis());
    try {
      read(new byte[READ_LENGTH]);
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } finally {
      socket.setSoTimeout(TIMEOUT_MILLIS);
    }
  }

  /**
   * All that came until the other end closed.
   *
   * @param bytes that were not read before
   * @param ending how it closed
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares two of them.
  public record Rest(byte[] bytes, Ending ending) {}

  /** Reads until the other end closes. */
  public Rest readToEnd() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[READ_LENGTH];
    try {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        all.write(buffer, 0, read);
      }
      return new Rest(all.toByteArray(), Ending.FIN);
    } catch (SocketException e) {
      if (!"Connection reset".equals(e.getMessage())) {
        throw e;
      }
      return new Rest(all.toByteArray(), Ending.RST);
    }
  }

  /** Sends a FIN; reading goes on. */
  public void halfClose() throws IOException {
    socket.shutdownOutput();
  }

  /** Closes with a RST and without a FIN. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** The underlying socket, for its options and addresses. */
  public Socket socket() {
    return socket;
  }

  /**
   * Closes with a FIN. Where something was left unread a RST follows at once, for the JDK
   * half-closes before it closes: who reads sees the end, who writes the reset. A reset and nothing
   * else, as of a server that just closes then, is {@link #reset}.
   */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
