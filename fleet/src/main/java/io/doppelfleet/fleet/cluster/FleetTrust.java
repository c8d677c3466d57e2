package io.doppelfleet.fleet.cluster;

import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.Octets;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.net.ssl.X509TrustManager;

/**
 * Believes those of the fleet that a process speaks with, by certificates of its authority,
 * whichever end they are of: on the bus a node is connected to as well as it connects, while its
 * certificate says that it is a client only. Which node it is, is not asked here but within each
 * link.
 */
final class FleetTrust implements X509TrustManager {
  /** RFC 5280, 4.2.1.12: what a control's certificate is for, and no node's is. */
  private static final String SERVER = "1.3.6.1.5.5.7.3.1";

  private final CertificateFactory certificates;
  private final X509Certificate authority;
  private final BusIdentity.Others others;

  /**
   * With the authority, X.509.
   *
   * @throws GeneralSecurityException where it is no certificate
   */
  FleetTrust(Octets authority, BusIdentity.Others others) throws GeneralSecurityException {
    this.certificates = CertificateFactory.getInstance("X.509");
    this.authority =
        (X509Certificate)
            certificates.generateCertificate(new ByteArrayInputStream(authority.bytes()));
    this.others = others;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
      parameters.setRevocationEnabled(false); // there are no such lists
      CertPathValidator.getInstance("PKIX")
          .validate(certificates.generateCertPath(List.of(chain[0])), parameters);
    } catch (GeneralSecurityException e) {
      throw new CertificateException("it is none of this fleet's: " + e.getMessage(), e);
    }
    switch (others) {
      case BusIdentity.Others.Controls _ -> {
        List<String> purposes = chain[0].getExtendedKeyUsage();
        if (purposes == null || !purposes.contains(SERVER)) {
          throw new CertificateException("it is no control's");
        }
      }
      case BusIdentity.Others.Fleet fleet -> {
        String key = JoinToken.fingerprint(chain[0].getPublicKey().getEncoded());
        if (fleet.removed().contains(key)) {
          throw new CertificateException("it was a node's that was removed");
        }
      }
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[] {authority};
  }
}
