package io.doppelfleet.bench.stealth.records;

import io.doppelfleet.bench.client.ClientRecords;
import io.doppelfleet.bench.stealth.wire.Wire;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * The best that a FakeTLS server could do: it has seen how the cover answered, and to each of its
 * clients' records sends records of just those sizes after just those times. What tells even this
 * one from the cover, no proxy can hide.
 */
final class Oracle implements AutoCloseable {
  /** Longest record that all clients take. */
  private static final int LONGEST = 16_401;

  /** Records nearer than this go out in one write, as a server's do. */
  private static final long TOGETHER_NANOS = 30_000;

  private final ServerSocket listener;
  private final List<Response> seen;
  private final SplittableRandom random = new SplittableRandom(17);

  private Oracle(ServerSocket listener, List<Response> seen) {
    this.listener = listener;
    this.seen = seen;
  }

  /** Opens it on a free port, with what it has seen. */
  static Oracle open(List<Response> seen) throws IOException {
    ServerSocket listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    Oracle oracle = new Oracle(listener, List.copyOf(seen));
    Thread.ofPlatform().daemon().start(oracle::accept);
    return oracle;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        client.setTcpNoDelay(true);
        Thread.ofPlatform().daemon().start(() -> serve(client));
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      record(in);
      client.getOutputStream().write(ClientRecords.record(new byte[100])); // stands for a flight
      while (true) {
        if (record(in) == Wire.END) {
          return;
        }
        answer(client.getOutputStream());
      }
    } catch (IOException e) {
      // The client has gone, which is how each of them ends.
    }
  }

  /** Takes a record of application data or a hello, and passes over change_cipher_spec. */
  private static int record(DataInputStream in) throws IOException {
    while (true) {
      int type = in.read();
      if (type < 0) {
        return Wire.END;
      }
      in.readShort();
      in.skipNBytes(in.readUnsignedShort());
      if (type != 20) {
        return type;
      }
    }
  }

  private void answer(OutputStream out) throws IOException {
    Response response;
    synchronized (random) {
      response = seen.get(random.nextInt(seen.size()));
    }
    long begin = System.nanoTime();
    for (int at = 0; at < response.sizes().size(); ) {
      long due = response.nanos().get(at);
      int end = at;
      java.io.ByteArrayOutputStream together = new java.io.ByteArrayOutputStream();
      while (end < response.sizes().size() && response.nanos().get(end) - due < TOGETHER_NANOS) {
        int size = Math.clamp(response.sizes().get(end), 1, LONGEST);
        together.writeBytes(ClientRecords.record(new byte[size]));
        end++;
      }
      for (long left = due - (System.nanoTime() - begin); left > 0; ) {
        LockSupport.parkNanos(left);
        left = due - (System.nanoTime() - begin);
      }
      out.write(together.toByteArray());
      at = end;
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
