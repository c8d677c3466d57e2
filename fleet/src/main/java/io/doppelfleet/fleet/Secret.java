package io.doppelfleet.fleet;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A FakeTLS secret: {@code ee}, 16 key bytes and the host name of the cover site, as clients get it
 * in a link. It never shows its key in {@link #toString}.
 */
public final class Secret {
  /** Bytes of a key. */
  public static final int KEY_LENGTH = 16;

  /** TDLib refuses links with longer host names. */
  public static final int MAX_HOST_LENGTH = 182;

  private static final byte FAKE_TLS = (byte) 0xee;

  private final byte[] key;
  private final String host;

  private Secret(byte[] key, String host) {
    this.key = key;
    this.host = host;
  }

  /**
   * A secret of these parts.
   *
   * @throws SecretFormatException when the key isn't 16 bytes or the host isn't a host name
   */
  public static Secret of(byte[] key, String host) {
    throw new UnsupportedOperationException();
  }

  /**
   * Reads hex or URL-safe base64, with or without padding.
   *
   * @throws SecretFormatException that says what is wrong where, without repeating the secret
   */
  public static Secret parse(String text) {
    throw new UnsupportedOperationException();
  }

  /** A copy of the 16 key bytes. */
  public byte[] key() {
    return key.clone();
  }

  /** The host name that clients put into the SNI: lower-case ASCII, 1..182 bytes. */
  public String host() {
    return host;
  }

  /** The form with the digits 0-9a-f, as links carry it. */
  public String toHex() {
    byte[] name = host.getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[1 + KEY_LENGTH + name.length];
    all[0] = FAKE_TLS;
    System.arraycopy(key, 0, all, 1, KEY_LENGTH);
    System.arraycopy(name, 0, all, 1 + KEY_LENGTH, name.length);
    return HexFormat.of().formatHex(all);
  }

  /** The same bytes as URL-safe base64 without padding. */
  public String toBase64() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(HexFormat.of().parseHex(toHex()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that
        && java.security.MessageDigest.isEqual(key, that.key)
        && host.equals(that.host);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key) * 31 + host.hashCode();
  }

  /** Names the host only. */
  @Override
  public String toString() {
    return "Secret[host=" + host + "]";
  }
}
