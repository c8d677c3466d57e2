package io.doppelfleet.fleet;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * That a control made a state: Ed25519 over the words {@code doppelfleet state 1} and the state's
 * checksum, which has its revision in it. So a change of a state proves itself as the whole does.
 */
public final class StateSignature {
  /** Bytes of one. */
  static final int LENGTH = 64;

  private static final String ALGORITHM = "Ed25519";
  private static final String WORDS = "doppelfleet state 1 ";

  private final byte[] bytes;

  /**
   * Takes a copy of 64 bytes.
   *
   * @throws InvalidValueException where there are more or fewer
   */
  public StateSignature(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new InvalidValueException(
          "", "has " + bytes.length + " bytes: " + LENGTH + " would be right");
    }
    this.bytes = bytes.clone();
  }

  /** Signs a state by its checksum. */
  public static StateSignature of(String checksum, PrivateKey key) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(text(checksum));
      return new StateSignature(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it, and the key is of this kind
    }
  }

  /** Whether the holder of the other half of this key signed the state of this checksum. */
  public boolean isOf(String checksum, PublicKey key) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(key);
      signature.update(text(checksum));
      return signature.verify(bytes);
    } catch (GeneralSecurityException e) { // some wrong ones can't even be read
      return false;
    }
  }

  private static byte[] text(String checksum) {
    return (WORDS + checksum).getBytes(StandardCharsets.US_ASCII);
  }

  /** 128 hex digits. */
  String toHex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StateSignature that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
