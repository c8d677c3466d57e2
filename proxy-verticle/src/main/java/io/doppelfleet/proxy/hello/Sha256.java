package io.doppelfleet.proxy.hello;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The compression function of SHA-256 (<a href="https://doi.org/10.6028/NIST.FIPS.180-4">FIPS
 * 180-4</a>, section 6.2.2) in parts that a whole digest of the JDK doesn't offer: what depends on
 * the message alone, the state after a number of blocks, and the rounds.
 */
final class Sha256 {
  /** Bytes of a block. */
  static final int BLOCK = 64;

  /** Words of a state. */
  static final int STATE = 8;

  /** Rounds of a block, each of which takes a word. */
  static final int ROUNDS = 64;

  /** Words in bytes, the first byte the most significant. */
  static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /** Section 5.3.3: of the square roots of the first primes. */
  private static final int[] INITIAL = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
  };

  /** Section 4.2.2: of the cube roots of the first primes. */
  private static final int[] CONSTANTS = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
  };

  private Sha256() {}

  /**
   * The words that the rounds of a block take, with the rounds' constants added.
   *
   * @param block where it begins in the bytes
   * @param first where the words are to begin
   */
  static void schedule(byte[] bytes, int block, int[] words, int first) {
    for (int i = 0; i < 16; i++) {
      words[first + i] = (int) WORDS.get(bytes, block + 4 * i);
    }
    for (int i = first + 16; i < first + ROUNDS; i++) {
      words[i] = expanded(words[i - 16], words[i - 15], words[i - 7], words[i - 2]);
    }
    for (int i = 0; i < ROUNDS; i++) {
      words[first + i] += CONSTANTS[i];
    }
  }

  /** A word from those so many before it. */
  static int expanded(int sixteen, int fifteen, int seven, int two) {
    return sixteen
        + (Integer.rotateRight(fifteen, 7) ^ Integer.rotateRight(fifteen, 18) ^ fifteen >>> 3)
        + seven
        + (Integer.rotateRight(two, 17) ^ Integer.rotateRight(two, 19) ^ two >>> 10);
  }

  /** What a round adds to its word. */
  static int constant(int round) {
    return CONSTANTS[round];
  }

  /** The state after a message's first block, of this schedule. */
  static int[] afterFirst(int[] words) {
    int[] state = INITIAL.clone();
    for (int word : words) {
      int t = first(state[4], state[5], state[6], state[7], word);
      int next = t + second(state[0], state[1], state[2]);
      System.arraycopy(state, 0, state, 1, STATE - 1);
      state[4] += t;
      state[0] = next;
    }
    for (int i = 0; i < STATE; i++) {
      state[i] += INITIAL[i];
    }
    return state;
  }

  /** T1 of a round; the word has the constant in it. */
  static int first(int e, int f, int g, int h, int word) {
    return h
        + (Integer.rotateRight(e, 6) ^ Integer.rotateRight(e, 11) ^ Integer.rotateRight(e, 25))
        + (g ^ (e & (f ^ g)))
        + word;
  }

  /** T2 of a round. */
  static int second(int a, int b, int c) {
    return (Integer.rotateRight(a, 2) ^ Integer.rotateRight(a, 13) ^ Integer.rotateRight(a, 22))
        + ((a & b) | (c & (a | b)));
  }
}
