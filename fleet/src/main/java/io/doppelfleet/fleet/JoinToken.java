package io.doppelfleet.fleet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * All that a machine needs to become a node, once: {@code node1.} and base64 of the authority's
 * fingerprint, a secret, where the control listens, and four bytes of SHA-256 over all that, so
 * that a token that was cut is known as such.
 */
public final class JoinToken {
  /** Bytes of the secret, which nobody guesses before it ends. */
  public static final int SECRET_LENGTH = 16;

  private static final String FORMAT = "node1.";
  private static final int FINGERPRINT_LENGTH = 32;
  private static final int CHECK_LENGTH = 4;

  private final byte[] authority;
  private final byte[] secret;
  private final HostPort control;

  /**
   * Takes copies.
   *
   * @param authority SHA-256 of the certificate of who signs the control's, 32 bytes
   * @param secret {@link #SECRET_LENGTH} bytes that nobody can guess
   * @param control where nodes reach it; port 1..65535
   */
  public JoinToken(byte[] authority, byte[] secret, HostPort control) {
    if (authority.length != FINGERPRINT_LENGTH || secret.length != SECRET_LENGTH) {
      throw new IllegalArgumentException("32 and 16 bytes are right");
    }
    this.authority = authority.clone();
    this.secret = secret.clone();
    this.control = control;
  }

  /**
   * Reads what {@link #toText} wrote.
   *
   * @throws IllegalArgumentException with a sentence for who typed it, which doesn't repeat it
   */
  public static JoinToken parse(String text) {
    if (!text.startsWith(FORMAT)) {
      throw new IllegalArgumentException(
          text.matches("node[0-9]+\\..*")
              ? "the token is of a newer version: run that version here"
              : "that is no token: one begins with " + FORMAT);
    }
    byte[] all;
    try {
      all = Base64.getUrlDecoder().decode(text.substring(FORMAT.length()));
    } catch (IllegalArgumentException e) { // its words quote the token
      throw cut();
    }
    int length = all.length - CHECK_LENGTH;
    if (length <= FINGERPRINT_LENGTH + SECRET_LENGTH) {
      throw cut();
    }
    ByteBuffer bytes = ByteBuffer.wrap(all);
    byte[] body = taken(bytes, length);
    if (!Arrays.equals(check(body), taken(bytes, CHECK_LENGTH))) {
      throw cut();
    }
    ByteBuffer parts = ByteBuffer.wrap(body);
    byte[] authority = taken(parts, FINGERPRINT_LENGTH);
    byte[] secret = taken(parts, SECRET_LENGTH);
    return new JoinToken(
        authority,
        secret,
        HostPort.parse(new String(taken(parts, parts.remaining()), StandardCharsets.US_ASCII)));
  }

  private static IllegalArgumentException cut() {
    return new IllegalArgumentException(
        "the token was cut or mistyped: copy all of it, from node1. on");
  }

  private static byte[] taken(ByteBuffer from, int length) {
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }

  private static byte[] check(byte[] body) {
    return Arrays.copyOf(sha256(body), CHECK_LENGTH);
  }

  /** What tokens, keys and certificates are known by: SHA-256. */
  public static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** The same as 64 hex digits. */
  public static String fingerprint(byte[] bytes) {
    return HexFormat.of().formatHex(sha256(bytes));
  }

  /** The form that operators copy: about 110 letters, digits, - and _. */
  public String toText() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(authority);
    body.writeBytes(secret);
    body.writeBytes(control.toString().getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(check(body.toByteArray()));
    return FORMAT + Base64.getUrlEncoder().withoutPadding().encodeToString(body.toByteArray());
  }

  /** Where the control listens. */
  public HostPort control() {
    return control;
  }

  /** A copy of the secret. */
  public byte[] secret() {
    return secret.clone();
  }

  /** Whether this certificate, X.509, is the authority's. */
  public boolean isAuthority(byte[] certificate) {
    return MessageDigest.isEqual(authority, sha256(certificate));
  }

  /** Names the control only. */
  @Override
  public String toString() {
    return "JoinToken[control=" + control + "]";
  }
}
