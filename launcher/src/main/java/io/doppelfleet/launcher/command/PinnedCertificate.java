package io.doppelfleet.launcher.command;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Believes the one certificate that has a fingerprint, and remembers what it was shown. */
final class PinnedCertificate implements X509TrustManager {
  /** That of no certificate. */
  static final String NONE = "0".repeat(64);

  private static final HexFormat WRITTEN = HexFormat.ofDelimiter(":").withUpperCase();

  private final String fingerprint;
  private volatile @Nullable String shown;

  /** With a SHA-256 of 64 hex digits, in lower case. */
  PinnedCertificate(String fingerprint) {
    this.fingerprint = fingerprint;
  }

  /** As openssl writes it: {@code AB:CD:...}. */
  static String written(String fingerprint) {
    return WRITTEN.formatHex(HexFormat.of().parseHex(fingerprint));
  }

  /**
   * Reads either form.
   *
   * @throws CommandException when it is none
   */
  static String parse(String text) throws CommandException {
    String digits = text.replace(":", "").toLowerCase(Locale.ROOT);
    if (!digits.matches("[0-9a-f]{64}")) {
      throw CommandException.wrong(
          "--fingerprint \"" + text + "\": the 64 hex digits of a SHA-256 are right");
    }
    return digits;
  }

  /** That of the last certificate that it saw; null: none. */
  @Nullable String shown() {
    return shown;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    String seen = of(chain[0]);
    shown = seen;
    if (!seen.equals(fingerprint)) {
      throw new CertificateException("its fingerprint is " + written(seen));
    }
  }

  private static String of(X509Certificate certificate) throws CertificateEncodingException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("nobody comes in here");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
