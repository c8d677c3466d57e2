package io.doppelfleet.control.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/**
 * Who a server is, in PEM files that are written anew from time to time.
 *
 * @param certificate with its chain
 * @param key of the first certificate
 */
public record CertificateFiles(Path certificate, Path key) {
  /** By the algorithm of the key, how it is seen that two keys are a pair. */
  private static final Map<String, String> SIGNATURES =
      Map.of("EC", "SHA256withECDSA", "RSA", "SHA256withRSA");

  /**
   * What they hold now.
   *
   * @throws IOException where they can't be read, or don't belong together
   */
  PemKeyCertOptions read() throws IOException {
    PemKeyCertOptions read =
        new PemKeyCertOptions()
            .addCertValue(Buffer.buffer(Files.readAllBytes(certificate)))
            .addKeyValue(Buffer.buffer(Files.readAllBytes(key)));
    if (!belong(read)) { // the server would take them, and every handshake would fail
      throw new IOException(
          "the key in " + key + " is not that of the first certificate in " + certificate);
    }
    return read;
  }

  private boolean belong(PemKeyCertOptions read) throws IOException {
    try {
      for (KeyManager each : read.getKeyManagerFactory(null).getKeyManagers()) {
        X509KeyManager manager = (X509KeyManager) each;
        for (String algorithm : SIGNATURES.keySet()) {
          String[] aliases = manager.getServerAliases(algorithm, null);
          if (aliases != null) {
            PublicKey published = manager.getCertificateChain(aliases[0])[0].getPublicKey();
            return belong(manager.getPrivateKey(aliases[0]), published);
          }
        }
      }
    } catch (Exception e) { // a factory's method may throw anything
      throw new IOException(certificate + " or " + key + " can't be read: " + e.getMessage(), e);
    }
    throw new IOException(certificate + " has a key that is neither EC nor RSA");
  }

  private static boolean belong(PrivateKey own, PublicKey published)
      throws GeneralSecurityException {
    String algorithm = SIGNATURES.get(own.getAlgorithm());
    if (algorithm == null || !own.getAlgorithm().equals(published.getAlgorithm())) {
      return false;
    }
    byte[] text = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(own);
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(published);
    signature.update(text);
    return signature.verify(signed);
  }

  /** What is another when a file is: links are followed. */
  List<List<Object>> stamp() {
    return List.of(stamp(certificate), stamp(key));
  }

  private static List<Object> stamp(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return List.of(
          now.lastModifiedTime(), now.size(), Objects.requireNonNullElse(now.fileKey(), ""));
    } catch (IOException e) {
      return List.of();
    }
  }
}
