package io.doppelfleet.bench.cover;

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
import java.security.cert.Certificate;
import java.util.Base64;

/**
 * A key and a certificate for it that nobody signed, made by the JDK's {@code keytool}.
 *
 * @param key for a server
 * @param trust for its clients
 */
public record OwnCertificate(PfxOptions key, PemTrustOptions trust) {
  private static final String ALIAS = "cover";

  /** Of a key store that lives for the blink of an eye. */
  private static final String PASSWORD = "knit-two";

  /** Takes about a second. */
  public static OwnCertificate make(String host) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("cover");
    Path store = directory.resolve("cover.p12");
    try {
      runKeytool(host, store);
      byte[] bytes = Files.readAllBytes(store);
      return new OwnCertificate(
          new PfxOptions().setValue(Buffer.buffer(bytes)).setPassword(PASSWORD).setAlias(ALIAS),
          new PemTrustOptions().addCertValue(Buffer.buffer(pem(bytes))));
    } finally {
      Files.deleteIfExists(store);
      Files.delete(directory);
    }
  }

  /** Writes the certificate and its key as the two PEM files that most web servers read. */
  public void write(Path certificateFile, Path keyFile) throws IOException {
    byte[] store = key.getValue().getBytes();
    try {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(new ByteArrayInputStream(store), PASSWORD.toCharArray());
      Files.writeString(certificateFile, pem(store));
      Files.writeString(
          keyFile, pem("PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IOException("the key store that keytool wrote can't be read", e);
    }
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

  private static String pem(byte[] store) throws IOException {
    try {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(new ByteArrayInputStream(store), PASSWORD.toCharArray());
      Certificate certificate = keys.getCertificate(ALIAS);
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IOException("the key store that keytool wrote can't be read", e);
    }
  }

  private static String pem(String label, byte[] bytes) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(bytes)
        + "\n-----END "
        + label
        + "-----\n";
  }
}
