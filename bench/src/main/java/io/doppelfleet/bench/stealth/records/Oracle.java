package io.doppelfleet.bench.stealth.records;

import io.doppelfleet.bench.client.ClientRecords;
import io.doppelfleet.bench.stealth.stat.Separation;
import io.doppelfleet.bench.stealth.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * The best that a FakeTLS server could do: it has watched visitors of the cover, and gives each
 * client what one of them got, records of just those sizes after just those times, and none of it
 * twice. What tells even this one from the cover, no proxy can hide.
 */
final class Oracle implements AutoCloseable {
  /** Longest record that all clients take. */
  private static final int LONGEST = 16_401;

  /** Records nearer than this go out in one write, as a server's do. */
  private static final long TOGETHER_NANOS = 30_000;

  /** A sleep is as inexact as this. */
  private static final long SPIN_NANOS = 80_000;

  private static final int TRIES = 50;

  private final ServerSocket listener;
  private final BlockingQueue<List<Response>> seen;

  private volatile long headStart;

  private Oracle(ServerSocket listener, List<List<Response>> seen) {
    this.listener = listener;
    this.seen = new LinkedBlockingQueue<>(seen);
  }

  /** Opens it on a free port, with a connection that it has seen for each that will come. */
  static Oracle open(List<List<Response>> seen) throws IOException {
    ServerSocket listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    Oracle oracle = new Oracle(listener, seen);
    Thread.ofPlatform().daemon().start(oracle::accept);
    oracle.headStart = oracle.ownNanos();
    return oracle;
  }

  /** What it takes itself, there and back: so much sooner it must send than it has seen it come. */
  private long ownNanos() throws IOException {
    double[] nanos = new double[TRIES];
    try (Wire wire = Wire.connect(address())) {
      wire.send(ClientRecords.record(new byte[500]));
      wire.read(Visitor.AT_MOST);
      for (int i = 0; i < TRIES; i++) {
        wire.send(ClientRecords.record(new byte[0]));
        wire.read(Visitor.AT_MOST);
        nanos[i] = wire.reactions().getLast();
      }
    }
    return (long) Separation.quantile(nanos, 0.5);
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
      Iterator<Response> answers = null;
      while (true) {
        int length = record(in);
        if (length == Wire.END) {
          return;
        } else if (length == 0) {
          client.getOutputStream().write(ClientRecords.record(new byte[1]));
        } else {
          if (answers == null) {
            answers = seen.remove().iterator();
          }
          answer(answers.next(), client.getOutputStream());
        }
      }
    } catch (IOException e) {
      // The client has gone, which is how each of them ends.
    }
  }

  /** Takes a record, and passes over change_cipher_spec: its length, or the end. */
  private static int record(DataInputStream in) throws IOException {
    while (true) {
      int type = in.read();
      if (type < 0) {
        return Wire.END;
      }
      in.readShort();
      int length = in.readUnsignedShort();
      in.skipNBytes(length);
      if (type != 20) {
        return length;
      }
    }
  }

  private void answer(Response response, OutputStream out) throws IOException {
    long begin = System.nanoTime();
    for (int at = 0; at < response.sizes().size(); ) {
      long due = response.nanos().get(at) - headStart;
      int end = at;
      ByteArrayOutputStream together = new ByteArrayOutputStream();
      while (end < response.sizes().size()
          && response.nanos().get(end) - headStart - due < TOGETHER_NANOS) {
        int size = Math.clamp(response.sizes().get(end), 1, LONGEST);
        together.writeBytes(ClientRecords.record(new byte[size]));
        end++;
      }
      for (long left = due - (System.nanoTime() - begin); left > 0; ) {
        if (left > SPIN_NANOS) {
          LockSupport.parkNanos(left - SPIN_NANOS);
        } else {
          Thread.onSpinWait();
        }
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
