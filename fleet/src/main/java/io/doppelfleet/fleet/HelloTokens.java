package io.doppelfleet.fleet;

import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * By what nodes tell each other of hellos that they have met: {@value #BYTES} bytes of a keyed
 * digest, from which nobody learns the hello, its secret or who sent it. Among the {@value #MOST}
 * that a node remembers a new hello's token is one by chance in a billion.
 */
public final class HelloTokens {
  /** Of each. */
  public static final int BYTES = 6;

  /** What anybody remembers. */
  public static final int MOST = 1 << 18;

  /** None. */
  public static final HelloTokens NONE = new HelloTokens(new long[0]);

  private static final long LARGEST = (1L << (8 * BYTES)) - 1;

  private final long[] tokens;

  private HelloTokens(long[] tokens) {
    Bounds.number("tokens' count", tokens.length, 0, MOST);
    for (long token : tokens) {
      Bounds.number("tokens", token, 0, LARGEST);
    }
    this.tokens = tokens;
  }

  /**
   * A copy of these, in their order.
   *
   * @throws InvalidValueException where there are too many, or one is no number of 48 bits
   */
  public static HelloTokens of(long... tokens) {
    return new HelloTokens(tokens.clone());
  }

  /** The first bytes of a digest as a token. */
  public static long first(byte[] digest) {
    return at(digest, 0);
  }

  static long at(byte[] bytes, int index) {
    long token = 0;
    for (int i = 0; i < BYTES; i++) {
      token = (token << 8) | (bytes[index + i] & 0xff);
    }
    return token;
  }

  /** How many. */
  public int size() {
    return tokens.length;
  }

  long get(int index) {
    return tokens[index];
  }

  /** In their order. */
  public LongStream stream() {
    return Arrays.stream(tokens);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HelloTokens that && Arrays.equals(tokens, that.tokens);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(tokens);
  }

  /** Their number only. */
  @Override
  public String toString() {
    return "HelloTokens[" + tokens.length + "]";
  }
}
