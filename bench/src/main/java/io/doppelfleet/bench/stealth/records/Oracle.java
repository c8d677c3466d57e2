package io.doppelfleet.bench.stealth.records;

import io.doppelfleet.bench.stealth.scene.Node;
import io.doppelfleet.bench.stealth.wire.Wire;
import io.doppelfleet.standin.client.ClientRecords;
import io.doppelfleet.standin.wire.LoadRequest;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The best that a FakeTLS proxy could do. It has watched visitors of the cover, none of whom is
 * among those to be told from; it knows beforehand how much the data centre will send, as much as
 * one of them got, and sends it in records of just his sizes, each as soon as its last byte has
 * come. What tells even this one from the cover no proxy can hide that has the data centre's bytes
 * to send, no sooner than they come.
 */
final class Oracle implements AutoCloseable {
  /** Longest record that all clients take. */
  private static final int LONGEST = 16_401;

  private static final int CHUNK = 256 * 1024;

  private final ServerSocket listener;
  private final InetSocketAddress datacenter;
  private final BlockingQueue<List<Response>> seen;

  private Oracle(ServerSocket listener, InetSocketAddress datacenter, List<List<Response>> seen) {
    this.listener = listener;
    this.datacenter = datacenter;
    this.seen = new LinkedBlockingQueue<>(seen);
  }

  /** Opens it on a free port, with a visit that it has seen for each connection that will come. */
  static Oracle open(InetSocketAddress datacenter, List<List<Response>> seen) throws IOException {
    ServerSocket listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    Oracle oracle = new Oracle(listener, datacenter, seen);
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
    try (client;
        Datacenter far = new Datacenter(datacenter)) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      skipRecord(in);
      client.getOutputStream().write(ClientRecords.record(new byte[100])); // stands for a flight
      @Nullable Iterator<Response> answers = null;
      while (skipRecord(in) != Wire.END) {
        if (answers == null) {
          answers = seen.remove().iterator();
        }
        List<Integer> sizes =
            answers.next().sizes().stream().map(size -> Math.clamp(size, 1, LONGEST)).toList();
        InputStream bytes = far.ask(sizes.stream().mapToInt(Integer::intValue).sum());
        pass(bytes, sizes, client.getOutputStream());
      }
    } catch (IOException e) {
      // The client has gone, which is how each of them ends.
    }
  }

  /** Takes a record: its length, or the end. */
  private static int skipRecord(DataInputStream in) throws IOException {
    if (in.read() < 0) {
      return Wire.END;
    }
    in.readShort();
    int length = in.readUnsignedShort();
    in.skipNBytes(length);
    return length;
  }

  /** Records whose bytes are there together leave in one write, as a relay's do. */
  private static void pass(InputStream from, List<Integer> sizes, OutputStream to)
      throws IOException {
    byte[] came = new byte[LONGEST + CHUNK];
    int length = 0;
    int next = 0;
    while (next < sizes.size()) {
      int read = from.read(came, length, CHUNK);
      if (read < 0) {
        throw new EOFException("the data centre has gone");
      }
      length += read;
      ByteArrayOutputStream together = new ByteArrayOutputStream();
      int left = 0;
      while (next < sizes.size() && length - left >= sizes.get(next)) {
        int end = left + sizes.get(next++);
        together.writeBytes(ClientRecords.record(Arrays.copyOfRange(came, left, end)));
        left = end;
      }
      to.write(together.toByteArray());
      System.arraycopy(came, left, came, 0, length - left);
      length -= left;
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  /** A connection to it, opened when something is first asked for, as a node's is. */
  private static final class Datacenter implements AutoCloseable {
    private final InetSocketAddress address;
    private @Nullable Obfuscated2 stream;
    private @Nullable Socket socket;

    Datacenter(InetSocketAddress address) {
      this.address = address;
    }

    /** Asks for so many bytes: they come sealed, which is as good. */
    InputStream ask(int bytes) throws IOException {
      Socket open = socket;
      Obfuscated2 sealing = stream;
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      if (open == null || sealing == null) {
        open = new Socket(address.getAddress(), address.getPort());
        open.setTcpNoDelay(true);
        socket = open;
        sealing =
            Obfuscated2.open(
                new byte[0],
                Obfuscated2.PADDED_INTERMEDIATE,
                Node.DATACENTER,
                new SplittableRandom());
        stream = sealing;
        said.writeBytes(sealing.header());
      }
      byte[] request = LoadRequest.stream(bytes).encode();
      sealing.encrypt(request, 0, request.length);
      said.writeBytes(request);
      open.getOutputStream().write(said.toByteArray());
      return open.getInputStream();
    }

    @Override
    public void close() throws IOException {
      Socket open = socket;
      if (open != null) {
        open.close();
      }
    }
  }
}
