package io.doppelfleet.proxy.published;

import io.doppelfleet.fleet.mtproto.MalformedMessageException;
import java.math.BigInteger;

/**
 * The two primes whose product a data centre sends, so that asking costs whoever asks something.
 */
record Factors(BigInteger smaller, BigInteger larger) {
  private static final int MOST_BITS = 63;

  /** Many times what two primes of 32 bits take. */
  private static final int MOST_STEPS = 1 << 22;

  /**
   * Finds them by Pollard's rho, in some 50,000 steps.
   *
   * @throws MalformedMessageException where it is no such product
   */
  static Factors of(BigInteger product) {
    if (product.bitLength() > MOST_BITS || product.isProbablePrime(20) || product.signum() <= 0) {
      throw new MalformedMessageException("pq is no product of two primes");
    }
    int left = MOST_STEPS;
    for (int constant = 1; left > 0; constant++) {
      BigInteger slow = BigInteger.TWO;
      BigInteger fast = BigInteger.TWO;
      BigInteger found = BigInteger.ONE;
      while (found.equals(BigInteger.ONE) && left > 0) {
        left--;
        slow = next(slow, constant, product);
        fast = next(next(fast, constant, product), constant, product);
        found = slow.subtract(fast).gcd(product);
      }
      if (!found.equals(product) && !found.equals(BigInteger.ONE)) {
        BigInteger other = product.divide(found);
        return new Factors(found.min(other), found.max(other));
      }
    }
    throw new MalformedMessageException("pq is no product of two primes");
  }

  private static BigInteger next(BigInteger value, int constant, BigInteger modulus) {
    return value.multiply(value).add(BigInteger.valueOf(constant)).mod(modulus);
  }
}
