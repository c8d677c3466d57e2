package io.doppelfleet.proxy.hello;

import java.util.Arrays;

/**
 * {@link HelloDigest} under many keys side by side. What the rounds take of the message is the same
 * under each key and made once, and the rounds themselves are loops over the keys that the JIT
 * compiler turns into vector instructions. For one thread.
 */
public final class HelloSweep {
  private static final int LANES = KeyLanes.LANES;

  // Where the rows of the state begin, by their names in FIPS 180-4 before the first round, and
  // that of the round's word.
  private static final int A = 0;
  private static final int B = LANES;
  private static final int C = 2 * LANES;
  private static final int D = 3 * LANES;
  private static final int E = 4 * LANES;
  private static final int F = 5 * LANES;
  private static final int G = 6 * LANES;
  private static final int H = 7 * LANES;
  private static final int WORD = 8 * LANES;

  /** Words of a block before they are expanded. */
  private static final int WORDS = 16;

  /** So many more can be made at a time: each is of words from two on before it. */
  private static final int STEP = 2;

  /** The length of the padded key and the inner digest. */
  private static final int OUTER_BITS = 8 * (Sha256.BLOCK + HelloDigest.LENGTH);

  private final int[] states = new int[WORD + LANES];
  private final int[] before = new int[WORD];
  private final int[] window = new int[(WORDS + STEP) * LANES];
  private int[] words = new int[0];
  private int blocks;

  /** Sets the message of the digests to come. */
  public void message(byte[] message) {
    blocks = blocks(message.length);
    int length = blocks * Sha256.BLOCK;
    byte[] padded = Arrays.copyOf(message, length);
    padded[message.length] = (byte) 0x80;
    long bits = 8L * (Sha256.BLOCK + message.length); // with the padded key before it
    for (int i = 1; i <= Long.BYTES; i++, bits >>= 8) {
      padded[length - i] = (byte) bits;
    }
    if (words.length < blocks * Sha256.ROUNDS) {
      words = new int[blocks * Sha256.ROUNDS];
    }
    for (int i = 0; i < blocks; i++) {
      Sha256.schedule(padded, i * Sha256.BLOCK, words, i * Sha256.ROUNDS);
    }
  }

  /** Blocks of a message of so many bytes; nearly all of the time that a digest of it takes. */
  public static int blocks(int length) {
    return Math.ceilDiv(length + 1 + Long.BYTES, Sha256.BLOCK);
  }

  /** Makes the digests under these keys. */
  public void under(KeyLanes keys) {
    System.arraycopy(keys.inner(), 0, states, 0, WORD);
    for (int block = 0; block < blocks; block++) {
      System.arraycopy(states, 0, before, 0, WORD);
      int end = (block + 1) * Sha256.ROUNDS;
      for (int i = block * Sha256.ROUNDS; i < end; i++) {
        Arrays.fill(states, WORD, WORD + LANES, words[i]);
        round(i % Sha256.STATE);
      }
      add(states, before);
    }
    outer(keys);
  }

  /** The digest of each inner digest, which is one block. */
  private void outer(KeyLanes keys) {
    System.arraycopy(states, 0, window, 0, WORD);
    Arrays.fill(window, 8 * LANES, 9 * LANES, 1 << 31); // the padding's first bit
    Arrays.fill(window, 9 * LANES, 15 * LANES, 0);
    Arrays.fill(window, 15 * LANES, 16 * LANES, OUTER_BITS);
    System.arraycopy(keys.outer(), 0, states, 0, WORD);
    for (int i = 0; i < Sha256.ROUNDS; i += STEP) {
      for (int j = 0; j < STEP; j++) {
        System.arraycopy(window, j * LANES, states, WORD, LANES);
        addToWord(states, Sha256.constant(i + j));
        round((i + j) % Sha256.STATE);
      }
      expand(window);
    }
    add(states, keys.outer());
  }

  /**
   * Whether the digest under one of the keys begins as the hello's random; few do for which {@link
   * HelloDigest#matches} is not true.
   */
  public boolean mayMatch(int lane, ClientHello hello) {
    return states[lane] == hello.firstWord();
  }

  /** A word of the digest under one of the keys. */
  int word(int lane, int row) {
    return states[row * LANES + lane];
  }

  private void round(int names) {
    switch (names) {
      case 0 -> round0(states);
      case 1 -> round1(states);
      case 2 -> round2(states);
      case 3 -> round3(states);
      case 4 -> round4(states);
      case 5 -> round5(states);
      case 6 -> round6(states);
      default -> round7(states);
    }
  }

  private static void add(int[] states, int[] before) {
    for (int i = 0; i < WORD; i++) {
      states[i] += before[i];
    }
  }

  private static void addToWord(int[] states, int constant) {
    for (int i = WORD; i < WORD + LANES; i++) {
      states[i] += constant;
    }
  }

  private static void expand(int[] window) {
    for (int i = 0; i < STEP * LANES; i++) {
      window[WORDS * LANES + i] =
          Sha256.expanded(
              window[i], window[LANES + i], window[9 * LANES + i], window[14 * LANES + i]);
    }
    System.arraycopy(window, STEP * LANES, window, 0, WORDS * LANES);
  }

  // A round moves each word of the state to the next name, and makes two new ones. Here the words
  // stay and the names move, back where they were after eight rounds. Each has a method of its own,
  // and the rows are constants there: so the compiler sees that no two of them overlap, without
  // which it makes no vectors.

  private static void round0(int[] s) {
    for (int i = 0; i < LANES; i++) {
      int t = Sha256.first(s[E + i], s[F + i], s[G + i], s[H + i], s[WORD + i]);
      int next = t + Sha256.second(s[A + i], s[B + i], s[C + i]);
      s[D + i] += t;
      s[H + i] = next;
    }
  }

  private static void round1(int[] s) {
    for (int i = 0; i < LANES; i++) {
      int t = Sha256.first(s[D + i], s[E + i], s[F + i], s[G + i], s[WORD + i]);
      int next = t + Sha256.second(s[H + i], s[A + i], s[B + i]);
      s[C + i] += t;
      s[G + i] = next;
    }
  }

  private static void round2(int[] s) {
    for (int i = 0; i < LANES; i++) {
      int t = Sha256.first(s[C + i], s[D + i], s[E + i], s[F + i], s[WORD + i]);
      int next = t + Sha256.second(s[G + i], s[H + i], s[A + i]);
      s[B + i] += t;
      s[F + i] = next;
    }
  }

  private static void round3(int[] s) {
    for (int i = 0; i < LANES; i++) {
      int t = Sha256.first(s[B + i], s[C + i], s[D + i], s[E + i], s[WORD + i]);
      int next = t + Sha256.second(s[F + i], s[G + i], s[H + i]);
      s[A + i] += t;
      s[E + i] = next;
    }
  }

  private static void round4(int[] s) {
    for (int i = 0; i < LANES; i++) {
      int t = Sha256.first(s[A + i], s[B + i], s[C + i], s[D + i], s[WORD + i]);
      int next = t + Sha256.second(s[E + i], s[F + i], s[G + i]);
      s[H + i] += t;
      s[D + i] = next;
    }
  }

  private static void round5(int[] s) {
    for (int i = 0; i < LANES; i++) {
      int t = Sha256.first(s[H + i], s[A + i], s[B + i], s[C + i], s[WORD + i]);
      int next = t + Sha256.second(s[D + i], s[E + i], s[F + i]);
      s[G + i] += t;
      s[C + i] = next;
    }
  }

  private static void round6(int[] s) {
    for (int i = 0; i < LANES; i++) {
      int t = Sha256.first(s[G + i], s[H + i], s[A + i], s[B + i], s[WORD + i]);
      int next = t + Sha256.second(s[C + i], s[D + i], s[E + i]);
      s[F + i] += t;
      s[B + i] = next;
    }
  }

  private static void round7(int[] s) {
    for (int i = 0; i < LANES; i++) {
      int t = Sha256.first(s[F + i], s[G + i], s[H + i], s[A + i], s[WORD + i]);
      int next = t + Sha256.second(s[B + i], s[C + i], s[D + i]);
      s[E + i] += t;
      s[A + i] = next;
    }
  }
}
