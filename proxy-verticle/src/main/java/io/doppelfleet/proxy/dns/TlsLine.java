package io.doppelfleet.proxy.dns;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** By TLS, whose other end has to be the server by its certificate. */
final class TlsLine implements Line {
  private final NameServer server;
  private final SSLContext trust;

  TlsLine(NameServer server, SSLContext trust) {
    this.server = server;
    this.trust = trust;
  }

  @Override
  public List<byte[]> ask(List<byte[]> questions) throws IOException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    try (Socket connection = new Socket()) {
      connection.connect(server.address());
      try (SSLSocket tls =
          (SSLSocket)
              trust
                  .getSocketFactory()
                  .createSocket(connection, server.peer(), server.address().getPort(), true)) {
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        return Line.ask(tls, questions, end);
      }
    }
  }
}
