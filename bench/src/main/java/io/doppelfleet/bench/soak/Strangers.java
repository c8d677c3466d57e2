package io.doppelfleet.bench.soak;

import io.doppelfleet.fleet.Secret;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Who comes to one node without a secret: visitors of the cover site, and probers. */
final class Strangers {
  private static final int PATIENCE_MILLIS = 30_000;

  /** Of the stand-in cover's first page. */
  private static final String PAGE = "Wool and Needles";

  private static final Duration BETWEEN_VISITS = Duration.ofSeconds(1);
  private static final Duration BETWEEN_PROBES = Duration.ofMillis(500);

  private final SoakNode node;
  private final Secret secret;
  private final Probes probes;
  private final Tally tally;
  private final SSLContext tls;

  Strangers(SoakNode node, Secret secret, Probes probes, Tally tally)
      throws GeneralSecurityException {
    this.node = node;
    this.secret = secret;
    this.probes = probes;
    this.tally = tally;
    this.tls = SSLContext.getInstance("TLS");
    tls.init(null, new TrustManager[] {new Trustful()}, null);
  }

  void begin(Actors actors) {
    actors.add(2, BETWEEN_VISITS, () -> this::visit);
    actors.add(2, BETWEEN_PROBES, () -> this::probe);
  }

  private void visit() {
    long begun = System.nanoTime();
    try (Socket plain = new Socket(node.address().getAddress(), node.address().getPort());
        SSLSocket socket =
            (SSLSocket)
                tls.getSocketFactory()
                    .createSocket(plain, secret.host(), node.address().getPort(), true)) {
      plain.setSoTimeout(PATIENCE_MILLIS);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(secret.host())));
      socket.setSSLParameters(parameters);
      socket
          .getOutputStream()
          .write(
              ("GET / HTTP/1.1\r\nHost: " + secret.host() + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String page = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!page.contains(PAGE)) {
        throw new IOException("another page than the cover's");
      }
      tally.served(page.length());
    } catch (IOException e) {
      tally.failed("a visitor of the cover", e, node.wasDown(begun));
    }
  }

  private void probe() {
    long begun = System.nanoTime();
    try {
      tally.served(probes.probe(node.address()));
    } catch (IOException e) {
      tally.failed("a prober", e, node.wasDown(begun));
    }
  }

  /** The stand-in's certificate is its own. */
  private static final class Trustful implements X509TrustManager {
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
