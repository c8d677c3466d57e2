package io.doppelfleet.fleet;

import java.util.Arrays;
import java.util.HexFormat;

/** Bytes that don't change: a key, a certificate, the secret of a token. */
public final class Octets {
  private final byte[] bytes;

  private Octets(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of these. */
  public static Octets of(byte[] bytes) {
    return new Octets(bytes.clone());
  }

  /**
   * Those of which {@link #toHex} made this.
   *
   * @throws IllegalArgumentException that may quote them
   */
  static Octets parse(String hex) {
    return new Octets(HexFormat.of().parseHex(hex));
  }

  /** How many. */
  public int length() {
    return bytes.length;
  }

  /** A copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** With the digits 0-9a-f. */
  public String toHex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Octets that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Their number only. */
  @Override
  public String toString() {
    return "Octets[" + bytes.length + "]";
  }
}
