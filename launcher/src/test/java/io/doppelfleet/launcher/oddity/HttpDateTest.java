package io.doppelfleet.launcher.oddity;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HttpDateTest {
  @Test
  void theCoversDateHeaderTellsThatThisClockIsOff(@TempDir Path directory) throws Exception {
    try (SSLServerSocket site = tlsSite(directory)) {
      Thread.ofPlatform().daemon().start(() -> answerOnce(site));
      assertThat(
              CoverProbe.oddities(
                  new HostPort("127.0.0.1", site.getLocalPort()),
                  "cover.example.org",
                  List.of(),
                  new byte[0],
                  Clock.systemUTC(),
                  Duration.ofMinutes(2)))
          .singleElement()
          .asString()
          .matches("this clock is 7\\d\\d\\d s behind the cover's: clients are refused .*");
    }
  }

  private static SSLServerSocket tlsSite(Path directory) throws Exception {
    Path store = directory.resolve("site.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "site",
                "-dname",
                "CN=another.example.org",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(store.toFile())) {
      keys.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return (SSLServerSocket)
        context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static void answerOnce(SSLServerSocket site) {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusHours(2));
    try (var client = site.accept()) {
      byte[] request = new byte[1024];
      assertThat(client.getInputStream().read(request)).isPositive();
      client
          .getOutputStream()
          .write(
              ("HTTP/1.1 200 OK\r\nServer: x\r\ndate: " + date + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
