package io.doppelfleet.e2e;

import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A data centre that sends back whatever it is sent, to any number of connections. */
final class EchoDatacenter implements AutoCloseable {
  private static final int BACKLOG = 4096;
  private static final int LONGEST = 32 * 1024;

  private final ServerSocket listener;

  private EchoDatacenter(ServerSocket listener) {
    this.listener = listener;
  }

  static EchoDatacenter start() throws IOException {
    return start(InetAddress.getLoopbackAddress());
  }

  static EchoDatacenter start(InetAddress at) throws IOException {
    EchoDatacenter datacenter = new EchoDatacenter(new ServerSocket(0, BACKLOG, at));
    Thread.ofVirtual().start(datacenter::accept);
    return datacenter;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> echo(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void echo(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      byte[] header = in.readNBytes(Obfuscated2.HEADER_LENGTH);
      if (header.length < Obfuscated2.HEADER_LENGTH) {
        return; // the client left before
      }
      Obfuscated2 stream = Obfuscated2.accept(new byte[0], header);
      byte[] buffer = new byte[64];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        stream.decrypt(buffer, 0, read);
        stream.encrypt(buffer, 0, read);
        out.write(buffer, 0, read);
        if (read == buffer.length && read < LONGEST) {
          buffer = new byte[LONGEST];
        }
      }
    } catch (IOException e) {
      // The client reset its connection, and the node passed that on.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
