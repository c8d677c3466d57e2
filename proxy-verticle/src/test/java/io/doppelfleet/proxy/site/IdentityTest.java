package io.doppelfleet.proxy.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the site's files may hold, and what is said where they hold something else. */
final class IdentityTest {
  @TempDir static Path shared;
  private static TestCertificate ec;
  private static TestCertificate rsa;

  @TempDir Path directory;
  private Path certificate;
  private Path key;

  @BeforeAll
  static void make() throws Exception {
    ec = TestCertificate.ec(shared, "dns:www.example.org,dns:*.example.net");
    rsa = TestCertificate.make(shared, "dns:a.example", "-keyalg", "RSA", "-keysize", "2048");
  }

  @BeforeEach
  void write() throws Exception {
    certificate = directory.resolve("c.pem");
    key = directory.resolve("k.pem");
    ec.write(certificate, key);
  }

  @Test
  void bothKindsAreRead() throws Exception {
    assertThat(Identity.read(certificate, key).key()).isEqualTo(ec.key());
    rsa.write(certificate, key);
    assertThat(Identity.read(certificate, key).chain()).containsExactly(rsa.certificate());
  }

  @Test
  void theOlderFormOfAnRsaKeyIsReadToo() throws Exception {
    rsa.write(certificate, key);
    // PKCS #8 holds PKCS #1 after 26 bytes of header, for a key of this size.
    byte[] older = rsa.key().getEncoded();
    Files.writeString(
        key, TestCertificate.pem("RSA PRIVATE KEY", Arrays.copyOfRange(older, 26, older.length)));
    assertThat(Identity.read(certificate, key).key()).isEqualTo(rsa.key());
  }

  @Test
  void theCertificateSaysWhoseItIs() throws Exception {
    Identity identity = Identity.read(certificate, key);
    assertThat(identity.names()).containsExactly("www.example.org", "*.example.net");
    assertThat(identity.host()).hasValue("www.example.org");
    assertThat(identity.isFor("WWW.example.org")).isTrue();
    assertThat(identity.isFor("a.example.net")).isTrue();
    assertThat(identity.isFor("a.b.example.net")).isFalse();
    assertThat(identity.isFor("example.net")).isFalse();
  }

  @Test
  void whatABrowserWouldWarnOfIsSaid() throws Exception {
    Identity identity = Identity.read(certificate, key);
    Instant now = Instant.now();
    Path file = Path.of("c.pem");
    assertThat(identity.oddities(file, List.of("www.example.org"), now)).isEmpty();
    assertThat(identity.oddities(file, List.of("other.example"), now))
        .containsExactly(
            "the certificate in c.pem is for www.example.org, *.example.net, the secrets say"
                + " other.example: whoever looks sees that the site is another's");
    assertThat(identity.oddities(file, List.of(), now.plus(Duration.ofDays(31))))
        .singleElement()
        .asString()
        .startsWith("the certificate in c.pem has expired on ");
    assertThat(identity.oddities(file, List.of(), now.minus(Duration.ofDays(31))))
        .singleElement()
        .asString()
        .endsWith("is this machine's clock right?");
  }

  @Test
  void whatCannotBeUsedIsNamed() throws Exception {
    Path no = directory.resolve("no.pem");
    says(no, key, "the certificate " + no + " is not there");
    says(certificate, no, "the key " + no + " is not there");
    says(key, key, key + " has no \"-----BEGIN CERTIFICATE-----\": PEM is right");
    says(
        certificate,
        certificate,
        certificate + " has no \"-----BEGIN PRIVATE KEY-----\": PEM is right");
    Files.writeString(no, TestCertificate.pem("ENCRYPTED PRIVATE KEY", new byte[90]));
    says(
        certificate,
        no,
        no + " is locked by a password: openssl pkey -in " + no + " writes it without");
    Files.writeString(no, TestCertificate.pem("PRIVATE KEY", new byte[90]));
    says(certificate, no, no + " has a key that can't be read: EC (P-256) or RSA is right");
    Files.writeString(no, TestCertificate.pem("CERTIFICATE", new byte[90]));
    says(no, key, no + " has a certificate that can't be read");
    Files.writeString(no, TestCertificate.pem("CERTIFICATE", new byte[0]));
    says(no, key, no + " has a certificate that can't be read");
    says(directory, key, "the certificate " + directory + " is no file");
    Files.write(no, new byte[300_000]);
    says(no, key, no + " is too long for a certificate");
    rsa.write(directory.resolve("other.pem"), no);
    says(
        certificate,
        no,
        "the key in " + no + " is not that of the first certificate in " + certificate);
  }

  @Test
  void whatIsNoSiteIsNamed() throws Exception {
    Path state = Files.createDirectory(directory.resolve("state"));
    Path site = Files.createDirectory(directory.resolve("site"));
    opens(certificate, state, "the site " + certificate + " is no directory");
    opens(site, state, "the site " + site + " has no index.html that can be read");
    opens(
        directory,
        state,
        "the site " + directory + " holds " + state + ", which nobody may read: move one of them");
    Files.move(key, site.resolve("k.pem"));
    key = site.resolve("k.pem");
    opens(
        site,
        state,
        "the site " + site + " holds " + key + ", which nobody may read: move one of them");
  }

  private static void says(Path certificate, Path key, String sentence) {
    assertThatIOException().isThrownBy(() -> Identity.read(certificate, key)).withMessage(sentence);
  }

  private void opens(Path site, Path state, String sentence) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> Site.open(SiteOptions.of(site, certificate, key), state, Clock.systemUTC(), 1000))
        .withMessage(sentence);
  }
}
