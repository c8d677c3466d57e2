package io.doppelfleet.standin.cover;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A key and a certificate for it that nobody signed, made by the JDK's {@code keytool}.
 *
 * @param key for a server
 * @param trust for its clients
 * @param pem both as text
 */
public record OwnCertificate(PfxOptions key, PemTrustOptions trust, Pem pem) {
  private static final String ALIAS = "cover";

  /** Of a key store that lives for the blink of an eye. */
  private static final String PASSWORD = "knit-two";

  /**
   * As servers read them.
   *
   * @param certificate X.509
   * @param key PKCS 8
   */
  public record Pem(String certificate, String key) {}

  /** Takes about a second. */
  public static OwnCertificate make(String host) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("cover");
    Path store = directory.resolve("cover.p12");
    try {
      runKeytool(host, store);
      byte[] bytes = Files.readAllBytes(store);
      Pem pem = pem(bytes);
      return new OwnCertificate(
          new PfxOptions().setValue(Buffer.buffer(bytes)).setPassword(PASSWORD).setAlias(ALIAS),
          new PemTrustOptions().addCertValue(Buffer.buffer(pem.certificate())),
          pem);
    } finally {
      Files.deleteIfExists(store);
      Files.delete(directory);
    }
  }

  /** Writes the certificate and its key as the two PEM files that most web servers read. */
  public void write(Path certificateFile, Path keyFile) throws IOException {
    Files.writeString(certificateFile, pem.certificate());
    Files.writeString(keyFile, pem.key());
  }

  private static void runKeytool(String host, Path store) throws IOException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-alias",
                ALIAS,
                "-dname",
                "CN=" + host,
                "-ext",
                "SAN=dns:" + host,
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool made no certificate for " + host + ": " + output.strip());
    }
  }

  private static Pem pem(byte[] store) throws IOException {
    try {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(new ByteArrayInputStream(store), PASSWORD.toCharArray());
      return new Pem(
          pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()),
          pem("PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IOException("the key store that keytool wrote can't be read", e);
    }
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(what, Base64.getMimeEncoder().encodeToString(bytes), what);
  }
}
