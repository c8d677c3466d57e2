package io.doppelfleet.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.doppelfleet.fleet.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Who comes to the port of a bus without being of the fleet. */
final class BusStranger {
  private static final int PATIENCE_MILLIS = 1_500;

  /** As a bus without TLS begins: a length, and a ping that would be answered. */
  private static final byte[] FRAME = {0, 0, 0, 1, 1};

  private BusStranger() {}

  /** What it is told there. */
  static String heardInTheClear(HostPort bus) throws IOException {
    try (Socket socket = connected(bus)) {
      return said(socket);
    }
  }

  /** The same with TLS, beneath which it would hear it. */
  static String heardWithoutCertificate(HostPort bus) throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, new TrustManager[] {new Believing()}, new SecureRandom());
    try (Socket socket = connected(bus);
        Socket secure =
            context.getSocketFactory().createSocket(socket, bus.host(), bus.port(), true)) {
      return said(secure);
    }
  }

  private static Socket connected(HostPort bus) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(bus.host(), bus.port()), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static String said(Socket socket) throws IOException {
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    try {
      socket.getOutputStream().write(FRAME);
      socket.getOutputStream().flush();
      for (int read = socket.getInputStream().read();
          read >= 0;
          read = socket.getInputStream().read()) {
        heard.write(read);
      }
    } catch (SocketTimeoutException e) {
      throw new IOException("it was neither told anything nor sent away", e);
    } catch (IOException refused) { // with an alert, or a reset
      return heard.toString(ISO_8859_1);
    }
    return heard.toString(ISO_8859_1);
  }

  private static final class Believing implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
