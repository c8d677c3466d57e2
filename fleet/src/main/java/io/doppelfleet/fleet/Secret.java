package io.doppelfleet.fleet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A FakeTLS secret: {@code ee}, 16 key bytes and the host name of the cover site, as clients get it
 * in a link. It never shows its key in {@link #toString}.
 */
public final class Secret {
  /** Bytes of a key. */
  public static final int KEY_LENGTH = 16;

  /** TDLib refuses links with longer host names. */
  public static final int MAX_HOST_LENGTH = 182;

  /** 16 key bytes are 32 digits of hex; a few may be missing. */
  private static final int PERHAPS_HEX = 24;

  /** Or 22 characters of base64, with letters of both cases and digits where it has no meaning. */
  private static final int PERHAPS_BASE64 = 22;

  private static final VarHandle HALF =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** Of this process. */
  private static final long FIRST_FACTOR = ThreadLocalRandom.current().nextLong() | 1;

  private static final long SECOND_FACTOR = ThreadLocalRandom.current().nextLong() | 1;

  private static final byte FAKE_TLS = (byte) 0xee;
  private static final byte RANDOM_PADDING = (byte) 0xdd;

  private final byte[] key;
  private final String host;

  private Secret(byte[] key, String host) {
    this.key = key;
    this.host = host;
  }

  /**
   * Whether a secret may be in this text, which was meant for something else. In one pass:
   * strangers choose the text.
   */
  public static boolean isPerhapsIn(String text) {
    int hex = 0;
    int base64 = 0;
    boolean upper = false;
    boolean lower = false;
    boolean digit = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isUpper = c >= 'A' && c <= 'Z';
      boolean isLower = c >= 'a' && c <= 'z';
      boolean isDigit = c >= '0' && c <= '9';
      hex = isDigit || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f') ? hex + 1 : 0;
      if (isUpper || isLower || isDigit || c == '+' || c == '/' || c == '_' || c == '-') {
        base64++;
        upper |= isUpper;
        lower |= isLower;
        digit |= isDigit;
      } else {
        base64 = 0;
        upper = false;
        lower = false;
        digit = false;
      }
      if (hex >= PERHAPS_HEX || (base64 >= PERHAPS_BASE64 && upper && lower && digit)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A secret of these parts.
   *
   * @throws SecretFormatException when the key isn't 16 bytes or the host isn't a host name
   */
  public static Secret of(byte[] key, String host) {
    if (key.length != KEY_LENGTH) {
      throw new SecretFormatException(
          "the key has " + key.length + " bytes where " + KEY_LENGTH + " are right");
    }
    return new Secret(key.clone(), checkedHost(host));
  }

  /**
   * Reads hex or URL-safe base64, with or without padding.
   *
   * @throws SecretFormatException that says what is wrong where, without repeating the secret
   */
  public static Secret parse(String text) {
    byte[] bytes = decode(text);
    if (bytes.length == KEY_LENGTH) {
      throw new SecretFormatException(
          "16 bytes without a mode are a secret of the oldest kind, which censors recognise: use one"
              + " that begins with ee and ends with the cover's host name");
    }
    if (bytes[0] == RANDOM_PADDING && bytes.length == 1 + KEY_LENGTH) {
      throw new SecretFormatException(
          "dd secrets (random padding) are recognised by censors: use one that begins with ee and"
              + " ends with the cover's host name");
    }
    if (bytes[0] != FAKE_TLS) {
      throw new SecretFormatException(
          String.format("byte 1 is %02x where ee is right", bytes[0] & 0xff));
    }
    if (bytes.length <= 1 + KEY_LENGTH) {
      throw new SecretFormatException(
          bytes.length < 1 + KEY_LENGTH
              ? "it ends after "
                  + bytes.length
                  + " bytes: ee, 16 key bytes and a host name are right"
              : "the host name is missing after ee and the 16 key bytes");
    }
    byte[] key = Arrays.copyOfRange(bytes, 1, 1 + KEY_LENGTH);
    String host =
        new String(
            bytes, 1 + KEY_LENGTH, bytes.length - 1 - KEY_LENGTH, StandardCharsets.ISO_8859_1);
    return new Secret(key, checkedHost(host));
  }

  private static byte[] decode(String text) {
    if (text.isEmpty()) {
      throw new SecretFormatException("the secret is empty");
    }
    int firstOther = firstOtherThanHex(text);
    if (firstOther < text.length() && beginsAsHex(text)) {
      throw new SecretFormatException("character " + (firstOther + 1) + " is no hex digit");
    }
    if (firstOther == text.length()) {
      if (text.length() % 2 != 0) {
        throw new SecretFormatException(
            "hex has an even number of digits, this has " + text.length());
      }
      return HexFormat.of().parseHex(text);
    }
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '=') {
      end--;
    }
    if (text.length() - end > 2) {
      throw new SecretFormatException("base64 ends with two = at most");
    }
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      boolean known =
          c < 128 && (Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '+' || c == '/');
      if (!known) {
        throw new SecretFormatException(
            "character " + (i + 1) + " belongs neither to hex nor to URL-safe base64");
      }
    }
    if (end % 4 == 1) {
      throw new SecretFormatException("base64 can't have " + end + " characters: it was cut");
    }
    // Some panels write the plain alphabet; the bytes are the same.
    String url = text.substring(0, end).replace('+', '-').replace('/', '_');
    return Base64.getUrlDecoder().decode(url);
  }

  private static int firstOtherThanHex(String text) {
    int i = 0;
    while (i < text.length() && HexFormat.isHexDigit(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** The modes ee and dd are "7" and "3" in base64, so these two letters can only be hex. */
  private static boolean beginsAsHex(String text) {
    return text.regionMatches(true, 0, "ee", 0, 2) || text.regionMatches(true, 0, "dd", 0, 2);
  }

  /** RFC 1035 labels, as an SNI carries them (RFC 6066: ASCII, no trailing dot). */
  private static String checkedHost(String host) {
    if (host.isEmpty() || host.length() > MAX_HOST_LENGTH) {
      throw new SecretFormatException(
          "the host name has " + host.length() + " bytes: 1 to " + MAX_HOST_LENGTH + " are right");
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letter && c != '-' && c != '.' && c != '_') {
        throw new SecretFormatException(
            "byte "
                + (i + 1)
                + " of the host name is "
                + String.format("%02x", (int) c)
                + ": letters, digits, - _ and . are right");
      }
    }
    for (String label : host.split("\\.", -1)) {
      if (label.isEmpty() || label.length() > 63) {
        throw new SecretFormatException(
            "the host name has an empty label or one of more than 63 bytes");
      }
    }
    return host.toLowerCase(Locale.ROOT);
  }

  /** A copy of the 16 key bytes. */
  public byte[] key() {
    return key.clone();
  }

  /**
   * A number that equal keys share, whatever their hosts; nobody can choose keys that share one.
   */
  int keyHash() {
    long mixed = (long) HALF.get(key, 0) * FIRST_FACTOR + (long) HALF.get(key, 8) * SECOND_FACTOR;
    return (int) (mixed >>> 32);
  }

  /** Whether both have the same key, whatever their host names; in constant time. */
  public boolean hasKeyOf(Secret other) {
    return MessageDigest.isEqual(key, other.key);
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
        && MessageDigest.isEqual(key, that.key)
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
