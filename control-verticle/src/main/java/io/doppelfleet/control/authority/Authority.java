package io.doppelfleet.control.authority;

import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.StateSignature;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The fleet's own keys: one signs the certificates of nodes and controls, one the states. They are
 * made with the store and kept in it, sealed; whoever has neither the store nor the fleet key can
 * forge nothing.
 */
public final class Authority {
  /** How long a node's certificate is good; it is renewed when half of that is over. */
  public static final Duration NODE_TIME = Duration.ofDays(365);

  /** How long a control's is good, which has a new one each day. */
  public static final Duration CONTROL_TIME = Duration.ofDays(30);

  private static final int P256_BITS = 256;

  private final PrivateKey nodes;
  private final X509Certificate certificate;
  private final PrivateKey states;
  private final PublicKey statesKey;
  private final SecureRandom random;

  private Authority(
      PrivateKey nodes,
      X509Certificate certificate,
      PrivateKey states,
      PublicKey statesKey,
      SecureRandom random) {
    this.nodes = nodes;
    this.certificate = certificate;
    this.states = states;
    this.statesKey = statesKey;
    this.random = random;
  }

  /** A new fleet's. */
  public static Authority create(Instant now, SecureRandom random) {
    KeyPair nodes = KeyPairs.forCertificate(random);
    KeyPair states = KeyPairs.forStates(random);
    return new Authority(
        nodes.getPrivate(),
        Certificates.ofAuthority(nodes.getPublic(), nodes.getPrivate(), now, random),
        states.getPrivate(),
        states.getPublic(),
        random);
  }

  /**
   * That which was kept.
   *
   * @throws GeneralSecurityException where these are no keys
   */
  public static Authority of(Half nodes, Half states, SecureRandom random)
      throws GeneralSecurityException {
    return new Authority(
        KeyPairs.privateKey("EC", nodes.secret().bytes()),
        certificate(nodes.open()),
        KeyPairs.privateKey("Ed25519", states.secret().bytes()),
        KeyPairs.publicKey("Ed25519", states.open().bytes()),
        random);
  }

  /**
   * One of the keys, as it is kept.
   *
   * @param secret PKCS #8
   * @param open X.509: a certificate for nodes, a public key for states
   */
  public record Half(Octets secret, Octets open) {}

  /** The key of certificates. */
  public Half nodes() {
    return new Half(Octets.of(nodes.getEncoded()), encoded(certificate));
  }

  /** The key of states. */
  public Half states() {
    return new Half(Octets.of(states.getEncoded()), Octets.of(statesKey.getEncoded()));
  }

  /** What nodes verify states with. */
  public PublicKey statesKey() {
    return statesKey;
  }

  /** Signs a state by its checksum. */
  public StateSignature sign(String checksum) {
    return StateSignature.of(checksum, states);
  }

  /**
   * A new certificate for a node.
   *
   * @param key its public key, X.509
   * @throws InvalidValueException where that is none of P-256
   */
  public Octets certifyNode(String name, Octets key, Instant now) {
    return encoded(Certificates.ofNode(name, parsed(key), nodes, now, NODE_TIME, random));
  }

  /**
   * Whether a node may have this key, X.509.
   *
   * @throws InvalidValueException where it is none of P-256
   */
  public static void checkKey(Octets key) {
    parsed(key);
  }

  private static PublicKey parsed(Octets key) {
    PublicKey publicKey;
    try {
      publicKey = KeyPairs.publicKey("EC", key.bytes());
    } catch (GeneralSecurityException e) {
      throw new InvalidValueException("key", "is no public key");
    }
    if (!(publicKey instanceof ECPublicKey ec)
        || ec.getParams().getCurve().getField().getFieldSize() != P256_BITS) {
      throw new InvalidValueException("key", "is of another curve: P-256 would be right");
    }
    return publicKey;
  }

  /**
   * A key pair and its certificate, for one start of a control.
   *
   * @param key PKCS #8
   * @param chain X.509, the authority's last
   */
  public record Identity(Octets key, List<Octets> chain) {}

  /** A new one, which is kept nowhere. */
  public Identity certifyControl(Instant now) {
    KeyPair own = KeyPairs.forCertificate(random);
    X509Certificate ofControl =
        Certificates.ofControl(own.getPublic(), nodes, now, CONTROL_TIME, random);
    return new Identity(
        Octets.of(own.getPrivate().getEncoded()),
        List.of(encoded(ofControl), encoded(certificate)));
  }

  private static X509Certificate certificate(Octets bytes) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(bytes.bytes()));
  }

  private static Octets encoded(X509Certificate certificate) {
    try {
      return Octets.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e); // it was made or read here
    }
  }
}
