package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** Ports of the loopback for processes that can't choose their own. */
public final class Ports {
  private static final Duration AT_MOST = Duration.ofSeconds(20);
  private static final int POLL_MILLIS = 10;

  private Ports() {}

  /**
   * Another process may take it before it is used; then who was to use it says so.
   *
   * @param address the port goes with
   */
  public static InetSocketAddress free(InetAddress address) throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(address, probe.getLocalPort());
    }
  }

  /**
   * Waits until somebody listens.
   *
   * @throws IOException when the process ends before, or takes too long
   */
  public static void await(InetSocketAddress address, Process process)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < AT_MOST.toNanos()) {
      if (!process.isAlive()) {
        throw new IOException("it ended with status " + process.exitValue());
      }
      try (Socket socket = new Socket()) {
        socket.connect(address);
        return;
      } catch (IOException e) {
        Thread.sleep(POLL_MILLIS);
      }
    }
    throw new IOException("nobody listens at " + address + " after " + AT_MOST);
  }
}
