package io.doppelfleet.control.authority;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What certificates say, as the JDK reads them. */
final class CertificatesTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.parse("2049-12-31T23:00:00Z");
  private static final Duration DAYS = Duration.ofDays(30);

  private final KeyPair authority = KeyPairs.forCertificate(RANDOM);
  private final KeyPair own = KeyPairs.forCertificate(RANDOM);
  private final X509Certificate root =
      Certificates.ofAuthority(authority.getPublic(), authority.getPrivate(), NOW, RANDOM);

  @Test
  void theAuthoritySignsOthersAndNoAuthority() {
    assertThat(root.getVersion()).isEqualTo(3);
    assertThat(root.getBasicConstraints()).isZero();
    assertThat(root.getKeyUsage()[5]).isTrue();
    assertThat(root.getKeyUsage()[0]).isFalse();
    assertThat(root.getSubjectX500Principal()).hasToString("CN=authority");
    assertThat(root.getNotAfter()).isEqualTo(Date.from(NOW.plus(Duration.ofDays(36_500))));
  }

  @Test
  void aNodeIsAClientAloneAndAControlAServerAlone() throws Exception {
    X509Certificate node =
        Certificates.ofNode(
            "paris-1.x_y", own.getPublic(), authority.getPrivate(), NOW, DAYS, RANDOM);
    X509Certificate control =
        Certificates.ofControl(own.getPublic(), authority.getPrivate(), NOW, DAYS, RANDOM);
    assertThat(node.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(control.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(node.getSubjectX500Principal()).hasToString("CN=paris-1.x_y");
    assertThat(node.getPublicKey()).isEqualTo(own.getPublic());
    assertThat(node.getNotBefore()).isEqualTo(Date.from(NOW.minus(Duration.ofDays(1))));
    assertThat(node.getNotAfter()).isEqualTo(Date.from(NOW.plus(DAYS)));
    assertThat(node.getSerialNumber()).isPositive().isNotEqualTo(control.getSerialNumber());
    for (X509Certificate end : List.of(node, control)) {
      assertThat(end.getBasicConstraints()).isEqualTo(-1);
      assertThat(end.getKeyUsage()[0]).isTrue();
      assertThat(end.getKeyUsage()[5]).isFalse();
      assertThat(end.getCriticalExtensionOIDs())
          .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
      validate(end);
    }
  }

  private void validate(X509Certificate end) throws Exception {
    CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(end));
    PKIXParameters trust = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    trust.setRevocationEnabled(false);
    trust.setDate(Date.from(NOW));
    CertPathValidator.getInstance("PKIX").validate(path, trust);
  }

  /** Examples of X.690, 8.19.5 and RFC 5280, 4.1.2.5. */
  @Test
  void numbersAndLengthsAndTimesAreAsTheStandardsHaveThem() {
    assertThat(hex(Der.oid(1, 2, 840, 113549))).isEqualTo("06062a864886f70d");
    assertThat(hex(Der.oid(2, 5, 29, 128, 0))).isEqualTo("0605551d810000");
    assertThat(hex(Der.octets(new byte[127]))).startsWith("047f00");
    assertThat(hex(Der.octets(new byte[128]))).startsWith("04818000");
    assertThat(hex(Der.octets(new byte[256]))).startsWith("0482010000");
    assertThat(new String(Der.time(NOW), US_ASCII).substring(2)).isEqualTo("491231230000Z");
    assertThat(new String(Der.time(NOW.plusSeconds(3600)), US_ASCII).substring(2))
        .isEqualTo("20500101000000Z");
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
