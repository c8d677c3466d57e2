package io.doppelfleet.proxy.scout;

import io.doppelfleet.proxy.doppel.Traffic;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * Loads a site's first page and some of what it is made of, over TLS 1.3, and notes the records.
 * Blocks.
 *
 * <p>The TLS library is the JDK's: what a server sends after the handshake depends on nothing in
 * which its hello differs from a client's but the protocols that it offers, which are theirs.
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
    try (TappedSocket socket = leash.on(new TappedSocket(end));
        Deadline deadline = new Deadline(socket, end)) {
      return visit(socket, deadline, to, host, thorough);
    } catch (GeneralSecurityException | IllegalArgumentException e) { // a name that no SNI has
      throw new IOException(e.getMessage(), e);
    }
  }

  private Pages visit(
      TappedSocket socket, Deadline deadline, InetSocketAddress to, String host, boolean thorough)
      throws IOException, GeneralSecurityException {
    try {
      socket.setTcpNoDelay(true);
      socket.connect(to, (int) bounds.connect().toMillis());
      Judge judge = new Judge(host, thorough);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {judge}, null);
      try (SSLSocket tls =
          (SSLSocket) context.getSocketFactory().createSocket(socket, host, to.getPort(), true)) {
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(host)));
        parameters.setProtocols(new String[] {"TLSv1.3"});
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        socket.asks();
        boolean h2 = "h2".equals(tls.getApplicationProtocol());
        Web web =
            h2
                ? new Http2(tls.getInputStream(), tls.getOutputStream(), host)
                : new Http1(tls.getInputStream(), tls.getOutputStream(), host);
        List<Traffic.Response> responses = responses(web, socket.tap(), host);
        List<Integer> opening = List.of();
        if (responses.size() > 1) {
          opening = opening(responses.getFirst(), responses.get(1));
          responses.removeFirst();
        }
        return new Pages(
            h2 ? "h2" : "http/1.1", opening, responses, judge.certificate(), judge.objection());
      }
    } catch (IOException e) {
      if (deadline.isOver()) {
        throw new SocketTimeoutException("it takes too long");
      }
      throw e;
    }
  }

  /**
   * What comes on a connection once, before its first answer or with it. A server may put its
   * settings and an answer's head into one record then, which the same answer later has not.
   *
   * @param first answer on the connection
   * @param again the same page's, later on it
   */
  static List<Integer> opening(Traffic.Response first, Traffic.Response again) {
    int more = first.sizes().size() - again.sizes().size();
    return first.sizes().subList(0, Math.max(0, more));
  }

  /** The first page's comes twice. */
  private List<Traffic.Response> responses(Web web, RecordTap tap, String host) throws IOException {
    List<Traffic.Response> responses = new ArrayList<>();
    Deque<String> next = new ArrayDeque<>(List.of("/", "/"));
    Set<String> known = new HashSet<>(next);
    long left = bounds.bytes();
    boolean more = true;
    while (more && left > 0 && responses.size() < bounds.requests() && !next.isEmpty()) {
      String path = next.remove();
      tap.mark();
      Web.Answer answer;
      try {
        answer = web.get(path, left);
      } catch (IOException e) {
        if (responses.isEmpty()) {
          throw e;
        }
        return responses; // what came before is true all the same
      }
      left -= answer.bytes();
      more = answer.more();
      responses.add(tap.records());
      if (responses.size() <= 3) { // the first page, or where it leads to
        Links.of(answer, host, path).stream().filter(known::add).forEach(next::add);
        if (known.add("/favicon.ico")) {
          next.add("/favicon.ico");
        }
      }
    }
    return responses;
  }
}
