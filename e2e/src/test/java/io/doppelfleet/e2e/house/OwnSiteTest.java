package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.standin.cover.OwnCertificate;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that serves its cover itself, as an operator starts it. */
@Tag("waiting")
@Timeout(120)
final class OwnSiteTest {
  private static final Pattern LISTENING =
      Pattern.compile("listening on \\[127\\.0\\.0\\.1:(\\d+)]");

  @TempDir Path directory;
  private OwnCertificate certificate;
  private Path certificateFile;
  private Path keyFile;

  @BeforeEach
  void make() throws Exception {
    certificate = OwnCertificate.make("localhost");
    certificateFile = directory.resolve("fullchain.pem");
    keyFile = directory.resolve("privkey.pem");
    certificate.write(certificateFile, keyFile);
  }

  private Map<String, String> environment() {
    return Map.of(
        "DOPPELFLEET_PROXY_LISTEN", "127.0.0.1:0",
        "DOPPELFLEET_PROXY_COVER_CERTIFICATE", certificateFile.toString(),
        "DOPPELFLEET_PROXY_COVER_KEY", keyFile.toString());
  }

  @Test
  void certificateAndKeyAreEnoughAndTheSecretHasTheirName() throws Exception {
    try (Launched launched = Launched.script(directory, environment())) {
      String said = launched.running().err();
      assertThat(said)
          .contains("cover localhost:443")
          .doesNotContain("trial")
          .doesNotContain("this node itself");
      Matcher port = LISTENING.matcher(said);
      assertThat(port.find()).isTrue();
      assertThat(Files.readString(directory.resolve("doppelfleet/access.txt")))
          .contains("6c6f63616c686f7374"); // localhost
      String page = page(Integer.parseInt(port.group(1)));
      assertThat(page).contains("<!doctype html>", "/style.css");
      assertThat(directory.resolve("doppelfleet/site/index.html")).hasContent(page);
      launched.terminate();
      assertThat(launched.exitStatus()).isZero();
    }
  }

  private String page(int port) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          null, certificate.trust().getTrustManagerFactory(vertx).getTrustManagers(), null);
      try (HttpClient browser = HttpClient.newBuilder().sslContext(context).build()) {
        return browser
            .send(
                HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/")).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
      }
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void aKeyOfAnotherCertificateIsNamedAndExitsWith2() throws Exception {
    OwnCertificate.make("localhost").write(directory.resolve("other.pem"), keyFile);
    says(
        "DOPPELFLEET_PROXY_COVER_KEY: proxy.cover.key: the key in "
            + keyFile
            + " is not that of the first certificate in "
            + certificateFile
            + "\n");
  }

  @Test
  void everyFileThatIsNotThereIsNamedAndExitsWith2() throws Exception {
    Files.delete(certificateFile);
    Files.delete(keyFile);
    says(
        "DOPPELFLEET_PROXY_COVER_CERTIFICATE: proxy.cover.certificate: the certificate "
            + certificateFile
            + " is not there\nDOPPELFLEET_PROXY_COVER_KEY: proxy.cover.key: the key "
            + keyFile
            + " is not there\n");
  }

  @Test
  void aCertificateForNoSingleHostNeedsSecretsAndIsNamed() throws Exception {
    OwnCertificate.make("*.example.org").write(certificateFile, keyFile);
    says(
        "DOPPELFLEET_PROXY_COVER_CERTIFICATE: proxy.cover.certificate: "
            + certificateFile
            + " names no single host, and there are no secrets: add secrets with the site's host"
            + " name\n");
  }

  private void says(String sentence) throws IOException, InterruptedException {
    try (Launched launched = Launched.script(directory, environment())) {
      assertThat(launched.exitStatus()).isEqualTo(2);
      assertThat(launched.err()).isEqualTo(sentence);
    }
  }
}
