package io.doppelfleet.proxy.site;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A site on a free port, its pages and files in a directory of a test's. */
final class TestSite implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(30);
  static final SiteOptions.Times PATIENT =
      new SiteOptions.Times(LONG, LONG, LONG, LONG, Duration.ofMillis(50));
  private static final int TIMEOUT_MILLIS = 10_000;

  final Path pages;
  final Path certificateFile;
  final Path keyFile;
  final TestCertificate certificate;
  final Site site;

  TestSite(Path directory, SiteOptions.Times times, TestCertificate certificate) throws Exception {
    this.certificate = certificate;
    certificateFile = directory.resolve("fullchain.pem");
    keyFile = directory.resolve("privkey.pem");
    certificate.write(certificateFile, keyFile);
    pages = Files.createDirectories(directory.resolve("pages"));
    Files.writeString(pages.resolve("index.html"), "<!doctype html><title>Wool</title>");
    Path state = Files.createDirectories(directory.resolve("state"));
    site =
        Site.open(
            new SiteOptions(pages, certificateFile, keyFile, times),
            state,
            Clock.systemUTC(),
            1_000);
  }

  URI uri(String path) {
    return URI.create("https://localhost:" + site.address().getPort() + path);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(10));
  }

  HttpClient client(HttpClient.Version version) throws Exception {
    return HttpClient.newBuilder().version(version).sslContext(certificate.client()).build();
  }

  /** A TCP connection. */
  Socket connect() throws IOException {
    return connected(new Socket());
  }

  private Socket connected(Socket socket) throws IOException {
    socket.connect(
        new InetSocketAddress(site.address().getAddress(), site.address().getPort()),
        TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  /** TLS over a connection. */
  static SSLSocket tls(Socket socket, SSLContext context, String... protocols) throws IOException {
    SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", 443, true);
    if (protocols.length > 0) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setProtocols(protocols);
      tls.setSSLParameters(parameters);
    }
    tls.startHandshake();
    return tls;
  }

  /** TLS to the site, without ALPN: HTTP/1.1. */
  SSLSocket tls() throws Exception {
    return tls(connect(), certificate.client());
  }

  /** TLS to the site, with HTTP/2 agreed upon. */
  SSLSocket http2() throws Exception {
    SSLSocket tls =
        (SSLSocket)
            certificate.client().getSocketFactory().createSocket(connect(), "localhost", 443, true);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    tls.setSSLParameters(parameters);
    tls.startHandshake();
    return tls;
  }

  static byte[] readToEnd(Socket socket) throws IOException {
    try (InputStream in = socket.getInputStream()) {
      return in.readAllBytes();
    }
  }

  @Override
  public void close() {
    site.close();
  }
}
