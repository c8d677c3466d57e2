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
 * Believes all who have a certificate of the fleet's authority, whichever end they are of: on the
 * bus a node is connected to as well as it connects, while its certificate says that it is a client
 * only. Who is a control, and which node it is, is not asked here but within each link.
 */
final class FleetTrust implements X509TrustManager {
  private final CertificateFactory certificates;
  private final X509Certificate authority;
  private final Set<String> refused;

  /**
   * Believes this authority, X.509, but of these keys, by their fingerprints.
   *
   * @throws GeneralSecurityException where it is no certificate
   */
  FleetTrust(Octets authority, Set<String> refused) throws GeneralSecurityException {
    this.certificates = CertificateFactory.getInstance("X.509");
    this.authority =
        (X509Certificate)
            certificates.generateCertificate(new ByteArrayInputStream(authority.bytes()));
    this.refused = refused;
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
    if (refused.contains(JoinToken.fingerprint(chain[0].getPublicKey().getEncoded()))) {
      throw new CertificateException("it was a node's that was removed");
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
