package io.doppelfleet.proxy.scout;

import io.doppelfleet.proxy.hello.KnownClients;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * Loads a site's first page and some of what it is made of, over TLS 1.3, and notes the records.
 * Blocks.
 *
 * <p>The TLS library is the JDK's. Of what its hello has, what a server sends after the handshake
 * depends on the suites and the protocols that it offers, which are a client's here, in their
 * order.
 */
final class PageLoad {
  private final Bounds bounds;
  private final Leash leash;

  PageLoad(Bounds bounds, Leash leash) {
    this.bounds = bounds;
    this.leash = leash;
  }

  /**
   * Visits a site.
   *
   * @param host whose pages to ask for
   * @param thorough whether to judge the certificate's signers too
   * @throws IOException where not even one page came
   */
  Pages visit(InetSocketAddress to, String host, boolean thorough) throws IOException {
    long end = System.nanoTime() + bounds.pages().toNanos();
    Tour tour = new Tour(bounds, host);
    Judge judge = new Judge(host, thorough);
    try {
      connection(tour, to, host, judge, end);
      while (tour.goesOn()) {
        pause();
        connection(tour, to, host, judge, end);
      }
    } catch (IOException e) {
      if (tour.isEmpty()) {
        throw e;
      } // else what came before is true all the same
    }
    return new Pages(
        tour.protocol(),
        tour.opening(),
        tour.firsts(),
        tour.later(),
        judge.certificate(),
        judge.objection());
  }

  private void pause() throws IOException {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(bounds.pause().toMillis() + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void connection(Tour tour, InetSocketAddress to, String host, Judge judge, long end)
      throws IOException {
    try (TappedSocket socket = leash.on(new TappedSocket(end));
        Deadline deadline = new Deadline(socket, end)) {
      connection(tour, socket, deadline, to, host, judge);
    } catch (GeneralSecurityException | IllegalArgumentException e) { // a name that no SNI has
      throw new IOException(e.getMessage(), e);
    }
  }

  private void connection(
      Tour tour,
      TappedSocket socket,
      Deadline deadline,
      InetSocketAddress to,
      String host,
      Judge judge)
      throws IOException, GeneralSecurityException {
    try {
      socket.setTcpNoDelay(true);
      leash.connect(socket, to, (int) bounds.connect().toMillis());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {judge}, null);
      try (SSLSocket tls =
          (SSLSocket) context.getSocketFactory().createSocket(socket, host, to.getPort(), true)) {
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(host)));
        parameters.setProtocols(new String[] {"TLSv1.3"});
        parameters.setCipherSuites(KnownClients.TLS13_SUITES.toArray(String[]::new));
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        socket.asks();
        boolean h2 = "h2".equals(tls.getApplicationProtocol());
        Web web =
            h2
                ? new Http2(tls.getInputStream(), tls.getOutputStream(), host)
                : new Http1(tls.getInputStream(), tls.getOutputStream(), host);
        tour.on(h2 ? "h2" : "http/1.1", web, socket.tap());
      }
    } catch (IOException e) {
      if (deadline.isOver()) {
        throw new SocketTimeoutException("it takes too long");
      }
      throw e;
    }
  }
}
