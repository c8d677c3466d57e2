package io.doppelfleet.proxy.site;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/**
 * Who the site is: a certificate with its chain, and the key for it.
 *
 * @param key of the first certificate
 * @param chain the site's own certificate first; at least one
 */
public record Identity(PrivateKey key, List<X509Certificate> chain) {
  /** A chain of four with RSA keys has 8 KiB; what is longer is some other file. */
  private static final long LONGEST = 256 * 1024;

  /** In a subject alternative name: a DNS name. */
  private static final int DNS = 2;

  /** Copies the chain. */
  public Identity {
    chain = List.copyOf(chain);
  }

  /**
   * Reads both files.
   *
   * @throws IOException with a sentence that names the file and says what is right
   */
  public static Identity read(Path certificate, Path key) throws IOException {
    List<X509Certificate> chain = readChain(certificate);
    PrivateKey own = key(readKey(key), key, certificate);
    PublicKey published = chain.getFirst().getPublicKey();
    try {
      if (!belong(own, published)) {
        throw new IOException(stranger(key, certificate));
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "the key in "
              + key
              + " can't be used with the certificate in "
              + certificate
              + ": EC (P-256) or RSA is right",
          e);
    }
    return new Identity(own, chain);
  }

  private static String stranger(Path key, Path certificate) {
    return "the key in " + key + " is not that of the first certificate in " + certificate;
  }

  private static byte[] bytes(Path file, String what) throws IOException {
    try {
      if (Files.size(file) > LONGEST) {
        throw new IOException(file + " is too long for a " + what);
      }
      if (!Files.isRegularFile(file)) {
        throw new IOException("the " + what + " " + file + " is no file");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new IOException("the " + what + " " + file + " is not there", e);
    } catch (AccessDeniedException e) {
      throw new IOException("this user may not read the " + what + " " + file, e);
    }
  }

  /**
   * Reads the certificate and those that lead to its authority.
   *
   * @return at least one
   * @throws IOException with a sentence that names the file and says what is right
   */
  public static List<X509Certificate> readChain(Path file) throws IOException {
    byte[] bytes = bytes(file, "certificate");
    if (!new String(bytes, StandardCharsets.ISO_8859_1).contains("-----BEGIN CERTIFICATE-----")) {
      throw new IOException(file + " has no \"-----BEGIN CERTIFICATE-----\": PEM is right");
    }
    try {
      List<X509Certificate> chain = new ArrayList<>();
      CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(bytes))
          .forEach(certificate -> chain.add((X509Certificate) certificate));
      return chain;
    } catch (CertificateException e) {
      throw new IOException(file + " has a certificate that can't be read", e);
    }
  }

  /**
   * Reads a key's PEM text. Whether the key in it is any good only its certificate shows, by {@link
   * #read}.
   *
   * @throws IOException with a sentence that names the file and says what is right
   */
  public static byte[] readKey(Path file) throws IOException {
    byte[] bytes = bytes(file, "key");
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (text.contains("ENCRYPTED")) {
      throw new IOException(
          file + " is locked by a password: openssl pkey -in " + file + " writes it without");
    }
    if (!text.contains("PRIVATE KEY-----")) {
      throw new IOException(file + " has no \"-----BEGIN PRIVATE KEY-----\": PEM is right");
    }
    return bytes;
  }

  private static PrivateKey key(byte[] pem, Path file, Path certificate) throws IOException {
    try {
      // It knows the older forms too, PKCS #1 and SEC 1, which the JDK doesn't.
      KeyManager[] managers =
          new PemKeyCertOptions()
              .setKeyValue(Buffer.buffer(pem))
              .setCertValue(Buffer.buffer(bytes(certificate, "certificate")))
              .getKeyManagerFactory(null)
              .getKeyManagers();
      return Arrays.stream(managers)
          .map(X509KeyManager.class::cast)
          .flatMap(manager -> Stream.of("EC", "RSA").flatMap(kind -> keys(manager, kind)))
          .findFirst()
          .orElseThrow(() -> new IOException(file + " has no key of a kind that is served"));
    } catch (IllegalArgumentException otherKind) { // of the key store, for an RSA key and an EC one
      throw new IOException(stranger(file, certificate), otherKind);
    } catch (Exception e) { // a factory's method may throw anything
      throw new IOException(file + " has a key that can't be read: EC (P-256) or RSA is right", e);
    }
  }

  private static Stream<PrivateKey> keys(X509KeyManager manager, String kind) {
    String[] aliases = manager.getServerAliases(kind, null);
    return aliases == null ? Stream.empty() : Arrays.stream(aliases).map(manager::getPrivateKey);
  }

  private static boolean belong(PrivateKey own, PublicKey published)
      throws GeneralSecurityException {
    if (!own.getAlgorithm().equals(published.getAlgorithm())) {
      return false;
    }
    Signature signature =
        Signature.getInstance("SHA256with" + (own.getAlgorithm().equals("EC") ? "ECDSA" : "RSA"));
    byte[] text = {1, 2, 3};
    signature.initSign(own);
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(published);
    signature.update(text);
    return signature.verify(signed);
  }

  /** The host names that the certificate is for, in its order, in small letters. */
  public List<String> names() {
    try {
      Collection<List<?>> names = chain.getFirst().getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .filter(name -> name.getFirst().equals(DNS))
              .map(name -> name.get(1).toString().toLowerCase(Locale.ROOT))
              .toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  /** The first name that is one host's; none where all are wildcards. */
  public Optional<String> host() {
    return names().stream().filter(name -> !name.startsWith("*")).findFirst();
  }

  /** Whether the certificate is for this host. */
  public boolean isFor(String host) {
    String asked = host.toLowerCase(Locale.ROOT);
    int dot = asked.indexOf('.');
    String wildcard = dot < 0 ? asked : "*" + asked.substring(dot);
    return names().stream().anyMatch(name -> name.equals(asked) || name.equals(wildcard));
  }

  /** What browsers would warn of, one sentence each. */
  public List<String> oddities(Path file, List<String> hosts, Instant now) {
    List<String> oddities = new ArrayList<>();
    for (String host : hosts) {
      if (!isFor(host)) {
        oddities.add(
            "the certificate in "
                + file
                + " is for "
                + (names().isEmpty() ? "no host" : String.join(", ", names()))
                + ", the secrets say "
                + host
                + ": whoever looks sees that the site is another's");
      }
    }
    if (now.isAfter(ends())) {
      oddities.add("the certificate in " + file + " has expired on " + ends() + ": renew it");
    }
    Instant begins = chain.getFirst().getNotBefore().toInstant();
    if (now.isBefore(begins)) {
      oddities.add(
          "the certificate in "
              + file
              + " begins on "
              + begins
              + ": is this machine's clock right?");
    }
    return oddities;
  }

  /** When the certificate is no longer good. */
  Instant ends() {
    return chain.getFirst().getNotAfter().toInstant();
  }
}
