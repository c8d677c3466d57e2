package io.doppelfleet.proxy.scout;

import io.doppelfleet.fleet.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A site on a free loopback port, each of whose connections is played by the same script. */
final class RawSite implements AutoCloseable {
  /** What it does with a connection; the connection is closed afterwards. */
  interface Script {
    void play(Socket connection) throws Exception;
  }

  private final ServerSocket listener;
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private final AtomicInteger accepted = new AtomicInteger();

  private RawSite(ServerSocket listener) {
    this.listener = listener;
  }

  static RawSite start(Script script) throws IOException {
    return start(0, script);
  }

  static RawSite start(int port, Script script) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    RawSite site = new RawSite(listener);
    Thread.ofVirtual().start(() -> site.accept(script));
    return site;
  }

  private void accept(Script script) {
    try {
      while (true) {
        Socket connection = listener.accept();
        accepted.incrementAndGet();
        open.add(connection);
        Thread.ofVirtual()
            .start(
                () -> {
                  try (connection) {
                    script.play(connection);
                  } catch (Exception e) {
                    // The other side has seen enough, or the test is over.
                  }
                });
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  HostPort site() {
    return new HostPort("127.0.0.1", address().getPort());
  }

  int accepted() {
    return accepted.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket connection : open) {
      connection.close();
    }
  }
}
