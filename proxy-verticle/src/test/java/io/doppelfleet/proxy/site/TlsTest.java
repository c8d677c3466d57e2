package io.doppelfleet.proxy.site;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloReader;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The built-in site's TLS on the raw wire, and its certificate when the files change. */
@Timeout(60)
final class TlsTest {
  private static final int HANDSHAKE = 0x16;
  private static final int CHANGE_CIPHER_SPEC = 0x14;
  private static final int DATA = 0x17;
  private static final int HYBRID = 0x11ec;

  @TempDir static Path shared;
  private static TestCertificate certificate;

  @TempDir Path directory;
  private TestSite site;

  @BeforeAll
  static void make() throws Exception {
    certificate = TestCertificate.ec(shared, "dns:localhost");
  }

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(directory, TestSite.PATIENT, certificate);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
  private record Sealed(int type, byte[] payload) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mtcute-clienthello-1",
        "tdesktop465-clienthello-1",
        "tdesktop465-clienthello-2",
        "tdesktop465-clienthello-3",
        "tdesktop465-clienthello-4",
        "tdlib-clienthello-1",
        "tdlib-clienthello-2",
        "tdlib-clienthello-3",
        "tdlib-clienthello-4",
        "tdlib-clienthello-5"
      })
  void theFlightForAClientsHelloHasOneSealedRecord(String name) throws Exception {
    byte[] hello = captured(name);
    try (Socket visitor = site.connect()) {
      visitor.getOutputStream().write(hello);
      DataInputStream in = new DataInputStream(visitor.getInputStream());
      Sealed serverHello = record(in);
      assertThat(serverHello.type).isEqualTo(HANDSHAKE);
      assertThat(record(in).type).isEqualTo(CHANGE_CIPHER_SPEC);
      assertThat(record(in).type).isEqualTo(DATA);
      visitor.setSoTimeout(300);
      assertThat(in.available()).isZero();
      ClientHello read =
          ((HelloReader.Reading.Whole) HelloReader.read(Unpooled.wrappedBuffer(hello))).hello();
      boolean hybrid = read.share(HYBRID) != null;
      assertThat(group(serverHello.payload)).isEqualTo(hybrid ? HYBRID : ClientHello.X25519);
    }
  }

  /** Of the key share in a ServerHello: the one extension that is longer than ten bytes. */
  private static int group(byte[] message) {
    ByteBuffer in = ByteBuffer.wrap(message);
    in.position(4 + 2 + 32);
    in.position(in.position() + 1 + in.get(in.position()));
    in.position(in.position() + 2 + 1 + 2);
    while (in.hasRemaining()) {
      int type = in.getShort();
      int length = in.getShort();
      if (type == 51) {
        return in.getShort() & 0xffff;
      }
      in.position(in.position() + length);
    }
    throw new AssertionError("no key share");
  }

  private static Sealed record(DataInputStream in) throws IOException {
    int type = in.read();
    assertThat(in.readUnsignedShort()).isEqualTo(0x0303);
    byte[] payload = new byte[in.readUnsignedShort()];
    in.readFully(payload);
    return new Sealed(type, payload);
  }

  private static byte[] captured(String name) throws IOException {
    try (InputStream in = TlsTest.class.getResourceAsStream("/clienthello/" + name + ".bin")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  @Test
  void noTicketFollowsTheHandshake() throws Exception {
    Socket wire = site.connect();
    try (SSLSocket visitor = TestSite.tls(wire, site.certificate.client())) {
      assertThat(visitor.getSession().getProtocol()).isEqualTo("TLSv1.3");
      Thread.sleep(500);
      assertThat(wire.getInputStream().available()).isZero();
    }
  }

  @Test
  void tls12IsServedToo() throws Exception {
    try (SSLSocket visitor = TestSite.tls(site.connect(), site.certificate.client(), "TLSv1.2")) {
      assertThat(visitor.getSession().getProtocol()).isEqualTo("TLSv1.2");
    }
  }

  @Test
  void bulkComesInFullRecords() throws Exception {
    Files.write(site.pages.resolve("bulk.bin"), new byte[2_000_000]);
    Recorded wire = new Recorded();
    wire.connect(site.site.address());
    try (SSLSocket visitor = TestSite.tls(wire, site.certificate.client())) {
      visitor
          .getOutputStream()
          .write(
              "GET /bulk.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                  .getBytes(ISO_8859_1));
      TestSite.readToEnd(visitor);
    }
    List<Integer> sizes = new ArrayList<>();
    ByteBuffer all = ByteBuffer.wrap(wire.bytes.toByteArray());
    while (all.remaining() > 5) {
      int length = all.getShort(all.position() + 3) & 0xffff;
      sizes.add(length);
      all.position(Math.min(all.limit(), all.position() + 5 + length));
    }
    assertThat(sizes.stream().filter(size -> size == 16_401).count())
        .as("of %s", sizes)
        .isGreaterThan(115);
  }

  /** Remembers what came. */
  private static final class Recorded extends Socket {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void connect(InetSocketAddress address) throws IOException {
      super.connect(address, 10_000);
      setSoTimeout(10_000);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read() throws IOException {
          int read = super.read();
          if (read >= 0) {
            bytes.write(read);
          }
          return read;
        }

        @Override
        public int read(byte[] into, int at, int length) throws IOException {
          int read = super.read(into, at, length);
          if (read > 0) {
            bytes.write(into, at, read);
          }
          return read;
        }
      };
    }
  }

  @Test
  void aNewCertificateIsForNewVisitorsAndOldOnesGoOn() throws Exception {
    TestCertificate next = TestCertificate.ec(directory, "dns:localhost");
    AtomicInteger told = new AtomicInteger();
    site.site.whenRenewed(told::incrementAndGet);
    try (SSLSocket old = site.tls()) {
      next.write(site.certificateFile, site.keyFile);
      await()
          .atMost(Duration.ofSeconds(10))
          .ignoreExceptions()
          .until(() -> shown(next).equals(next.certificate()));
      assertThat(told).hasValue(1);
      old.getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(new String(TestSite.readToEnd(old), ISO_8859_1)).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void aBrokenOneIsToldOnceAndTheOldOneGoesOn() throws Exception {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(Tls.class);
    log.start();
    logger.addAppender(log);
    try {
      TestCertificate other = TestCertificate.ec(directory, "dns:localhost");
      Path unused = directory.resolve("unused.pem");
      other.write(site.certificateFile, unused);
      await().atMost(Duration.ofSeconds(10)).until(() -> !log.list.isEmpty());
      Thread.sleep(500); // ten more looks
      assertThat(log.list)
          .singleElement()
          .extracting(ILoggingEvent::getFormattedMessage)
          .isEqualTo(
              "the old certificate goes on, the new one can't be used: the key in "
                  + site.keyFile
                  + " is not that of the first certificate in "
                  + site.certificateFile);
      assertThat(shown(site.certificate)).isEqualTo(site.certificate.certificate());
      Files.move(unused, site.keyFile, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      await()
          .atMost(Duration.ofSeconds(10))
          .ignoreExceptions()
          .until(() -> shown(other).equals(other.certificate()));
    } finally {
      logger.detachAppender(log);
    }
  }

  private Certificate shown(TestCertificate trusted) throws Exception {
    try (SSLSocket visitor = TestSite.tls(site.connect(), trusted.client())) {
      return visitor.getSession().getPeerCertificates()[0];
    }
  }
}
