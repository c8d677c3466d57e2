package io.doppelfleet.standin.client;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Reads something once, then writes what it was told, and keeps the connection until closed. */
final class ScriptedServer implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final Thread thread;

  ScriptedServer(byte[]... writes) throws IOException {
    thread = Thread.ofVirtual().start(() -> serve(writes));
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  private void serve(byte[][] writes) {
    try (Socket socket = listener.accept()) {
      socket.setTcpNoDelay(true);
      if (socket.getInputStream().read(new byte[8192]) < 0) {
        return;
      }
      for (byte[] write : writes) {
        socket.getOutputStream().write(write);
        Thread.sleep(20);
      }
      if (writes.length > 0) {
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        throw new UncheckedIOException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    thread.interrupt();
  }
}
