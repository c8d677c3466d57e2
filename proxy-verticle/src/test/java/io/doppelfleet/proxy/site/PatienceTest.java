package io.doppelfleet.proxy.site;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** For what the built-in site waits, and for how long. */
@Timeout(60)
final class PatienceTest {
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final String REQUEST = "GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n";

  @TempDir static Path shared;
  private static TestCertificate certificate;

  @TempDir Path directory;
  private @Nullable TestSite open;

  @BeforeAll
  static void make() throws Exception {
    certificate = TestCertificate.ec(shared, "dns:localhost");
  }

  @AfterEach
  void stop() {
    if (open != null) {
      open.close();
    }
  }

  private TestSite site(Duration header, Duration keepAlive, Duration send) throws Exception {
    TestSite site =
        new TestSite(
            directory,
            new SiteOptions.Times(header, keepAlive, send, TestSite.LONG, Duration.ofHours(1)),
            certificate);
    open = site;
    Files.writeString(site.pages.resolve("a.txt"), "0123456789");
    return site;
  }

  @Test
  void whoSaysNothingIsLeftWithoutAWord() throws Exception {
    TestSite site = site(SHORT, TestSite.LONG, TestSite.LONG);
    long start = System.nanoTime(); // the site may have heard of the visitor before it has itself
    try (Socket visitor = site.connect()) {
      assertThat(TestSite.readToEnd(visitor)).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT, TestSite.LONG);
    }
  }

  @Test
  void halfAHelloIsLeftWithoutAWord() throws Exception {
    try (Socket visitor = site(SHORT, TestSite.LONG, TestSite.LONG).connect()) {
      visitor.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3});
      assertThat(TestSite.readToEnd(visitor)).isEmpty();
    }
  }

  @Test
  void aHeaderByteForByteIsNotWaitedFor() throws Exception {
    try (SSLSocket visitor = site(SHORT, TestSite.LONG, TestSite.LONG).tls()) {
      assertThat(drip(visitor)).isBetween(SHORT, Duration.ofSeconds(5));
    }
  }

  @Test
  void norIsThatOfALaterRequest() throws Exception {
    try (SSLSocket visitor = site(SHORT, TestSite.LONG, TestSite.LONG).tls()) {
      visitor.getOutputStream().write(REQUEST.getBytes(ISO_8859_1));
      assertThat(visitor.getInputStream().read()).isEqualTo('H');
      assertThat(drip(visitor)).isBetween(SHORT, Duration.ofSeconds(5));
    }
  }

  /** A header without end; the time until the site had enough of it. */
  private static Duration drip(SSLSocket visitor) throws Exception {
    long start = System.nanoTime();
    OutputStream out = visitor.getOutputStream();
    out.write("GET / HTTP/1.1\r\nHost: ".getBytes(ISO_8859_1));
    try {
      while (System.nanoTime() - start < TestSite.LONG.toNanos()) {
        out.write('a');
        Thread.sleep(50);
      }
    } catch (SocketException | javax.net.ssl.SSLException closed) {
      // as it should
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Test
  void aConnectionIsKeptForTheNextRequestForAWhile() throws Exception {
    Duration keep = Duration.ofSeconds(2);
    try (SSLSocket visitor = site(SHORT, keep, TestSite.LONG).tls()) {
      visitor.getOutputStream().write(REQUEST.getBytes(ISO_8859_1));
      visitor.getInputStream().read();
      Thread.sleep(3 * SHORT.toMillis()); // longer than a header may take
      visitor.getOutputStream().write(REQUEST.getBytes(ISO_8859_1));
      long start = System.nanoTime();
      String rest = new String(TestSite.readToEnd(visitor), ISO_8859_1);
      assertThat(rest.split("0123456789", -1)).hasSize(3);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(keep.minusMillis(100), TestSite.LONG);
    }
  }

  @Test
  void whoReadsNothingIsLeft() throws Exception {
    TestSite site = site(TestSite.LONG, TestSite.LONG, SHORT);
    byte[] bulk = new byte[64 << 20];
    Files.write(site.pages.resolve("bulk.bin"), bulk);
    try (SSLSocket visitor = site.tls()) {
      visitor
          .getOutputStream()
          .write("GET /bulk.bin HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1));
      Thread.sleep(4 * SHORT.toMillis());
      long read = 0;
      byte[] some = new byte[1 << 16];
      try {
        for (int n = visitor.getInputStream().read(some);
            n > 0;
            n = visitor.getInputStream().read(some)) {
          read += n;
        }
      } catch (IOException cut) {
        // as it should
      }
      assertThat(read).isLessThan(bulk.length);
    }
  }

  @Test
  void whoReadsSlowlyGetsAll() throws Exception {
    Duration send = Duration.ofSeconds(1);
    TestSite site = site(TestSite.LONG, TestSite.LONG, send);
    byte[] bulk = new byte[8 << 20];
    Files.write(site.pages.resolve("bulk.bin"), bulk);
    Socket wire = new Socket();
    wire.setReceiveBufferSize(32 * 1024);
    wire.connect(site.site.address());
    long start = System.nanoTime();
    try (SSLSocket visitor = TestSite.tls(wire, certificate.client())) {
      visitor
          .getOutputStream()
          .write(
              "GET /bulk.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                  .getBytes(ISO_8859_1));
      int most = 256 << 10;
      long read = 0;
      int last = most;
      while (last == most) {
        last = visitor.getInputStream().readNBytes(most).length;
        read += last;
        Thread.sleep(100);
      }
      assertThat(read).isGreaterThan(bulk.length);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(send.multipliedBy(2));
  }
}
