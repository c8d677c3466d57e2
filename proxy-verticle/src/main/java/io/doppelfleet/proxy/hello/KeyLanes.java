package io.doppelfleet.proxy.hello;

import java.util.List;

/**
 * Keys that are tried side by side, as far as they can be prepared: the states of SHA-256 after the
 * padded key of the inner and of the outer digest (<a
 * href="https://www.rfc-editor.org/rfc/rfc2104">RFC 2104</a>), each word of all of them in a row.
 * Immutable.
 */
public final class KeyLanes {
  /** Keys at most. Their states and the round's word, 18 KB, fit an L1 cache. */
  public static final int LANES = 512;

  private final int[] inner;
  private final int[] outer;

  /**
   * Prepares keys.
   *
   * @param keys {@link #LANES} at most, of 64 bytes at most
   * @throws IllegalArgumentException where there are more
   */
  public KeyLanes(List<byte[]> keys) {
    if (keys.size() > LANES) {
      throw new IllegalArgumentException(keys.size() + " keys, at most " + LANES + " fit");
    }
    inner = states(keys, HelloDigest.INNER);
    outer = states(keys, HelloDigest.OUTER);
  }

  private static int[] states(List<byte[]> keys, byte pad) {
    int[] states = new int[Sha256.STATE * LANES];
    byte[] padded = new byte[Sha256.BLOCK];
    int[] words = new int[Sha256.ROUNDS];
    for (int lane = 0; lane < keys.size(); lane++) {
      HelloDigest.pad(padded, keys.get(lane), pad);
      Sha256.schedule(padded, 0, words, 0);
      int[] state = Sha256.afterFirst(words);
      for (int row = 0; row < Sha256.STATE; row++) {
        states[row * LANES + lane] = state[row];
      }
    }
    return states;
  }

  /** By row, for reading only. */
  int[] inner() {
    return inner;
  }

  /** The same of the outer digest. */
  int[] outer() {
    return outer;
  }
}
