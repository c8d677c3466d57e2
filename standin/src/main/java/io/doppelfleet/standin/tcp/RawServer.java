package io.doppelfleet.standin.tcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A TCP server on a free loopback port whose connections a test plays by hand. It accepts at once,
 * so that a proxy's dial succeeds before the test looks.
 */
public final class RawServer implements AutoCloseable {
  private static final int BACKLOG = 1024;

  private final ServerSocket listener;
  private final BlockingQueue<RawSocket> waiting = new LinkedBlockingQueue<>();
  private final Queue<RawSocket> all = new ConcurrentLinkedQueue<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final Thread acceptor;

  private RawServer(ServerSocket listener) {
    this.listener = listener;
    this.acceptor = Thread.ofVirtual().start(this::accept);
  }

  /** Listens. */
  public static RawServer start() throws IOException {
    return start(0);
  }

  /** Listens on a port, where another one did before. */
  public static RawServer start(int port) throws IOException {
    return new RawServer(new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress()));
  }

  private void accept() {
    try {
      while (true) {
        RawSocket connection = new RawSocket(listener.accept());
        all.add(connection);
        accepted.incrementAndGet();
        waiting.add(connection);
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** Connections so far. */
  public int accepted() {
    return accepted.get();
  }

  /**
   * The oldest connection that was not taken yet.
   *
   * @throws IOException when none comes in time
   */
  public RawSocket take(Duration atMost) throws IOException, InterruptedException {
    @Nullable RawSocket connection = waiting.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    if (connection == null) {
      throw new IOException("no connection within " + atMost);
    }
    return connection;
  }

  /**
   * Stops listening and closes what is open. The port is open until the thread that waits for
   * connections has noticed, and on a busy machine it would take one more: so that is waited for.
   */
  @Override
  public void close() throws IOException {
    listener.close();
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (RawSocket connection : all) {
      connection.close();
    }
  }
}
