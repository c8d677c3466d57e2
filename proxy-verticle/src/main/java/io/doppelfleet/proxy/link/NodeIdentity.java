package io.doppelfleet.proxy.link;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Octets;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;

/**
 * Who a node is, and whom it believes.
 *
 * @param name what the operator calls it
 * @param sender what its messages are stamped with
 * @param control where it finds a control
 * @param key its private key, PKCS #8
 * @param certificate its own, X.509
 * @param authority who signs certificates, X.509
 * @param states the public key of who signs states, X.509
 * @param seal the key of what it keeps for itself, 32 bytes
 */
public record NodeIdentity(
    String name,
    String sender,
    HostPort control,
    Octets key,
    Octets certificate,
    Octets authority,
    Octets states,
    Octets seal) {

  /** The same with a new certificate. */
  NodeIdentity with(Octets renewed) {
    return new NodeIdentity(name, sender, control, key, renewed, authority, states, seal);
  }

  /**
   * Its own certificate.
   *
   * @throws InvalidValueException where it is none
   */
  X509Certificate parsed() {
    return parsed("certificate", certificate);
  }

  /** Whether the authority has signed this certificate, for the key that the present one has. */
  boolean isOwn(Octets other) {
    try {
      X509Certificate parsed = parsed("certificate", other);
      parsed.verify(parsed("authority", authority).getPublicKey());
      return parsed.getPublicKey().equals(parsed().getPublicKey());
    } catch (GeneralSecurityException | InvalidValueException e) {
      return false;
    }
  }

  private static X509Certificate parsed(String field, Octets bytes) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(bytes.bytes()));
    } catch (CertificateException e) {
      throw new InvalidValueException(field, "is no X.509 certificate");
    }
  }

  /**
   * What states are verified with.
   *
   * @throws InvalidValueException where it is no such key
   */
  public PublicKey statesKey() {
    try {
      return KeyFactory.getInstance("Ed25519")
          .generatePublic(new X509EncodedKeySpec(states.bytes()));
    } catch (GeneralSecurityException e) {
      throw new InvalidValueException("states", "is no Ed25519 key");
    }
  }

  /** Its name only. */
  @Override
  public String toString() {
    return "NodeIdentity[name=" + name + "]";
  }
}
