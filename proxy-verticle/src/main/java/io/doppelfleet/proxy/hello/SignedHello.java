package io.doppelfleet.proxy.hello;

import java.util.Arrays;
import java.util.Random;

/**
 * A hello as a client with a secret sends it, and how that client knows its answer. For one thread.
 */
public final class SignedHello {
  /** In a flight, which begins with a record and a handshake message as a hello does. */
  private static final int RANDOM_END = ClientHello.RANDOM_AT + HelloDigest.LENGTH;

  private final byte[] bytes;
  private final byte[] random;
  private final byte[] key;
  private final HelloDigest digest = new HelloDigest();

  /**
   * A fresh one. Takes about a millisecond.
   *
   * @param mould of its kind
   * @param host the host name to ask for, ASCII
   * @param key the secret's 16 bytes, which nobody may change afterwards
   * @param unixSeconds now
   * @param randoms must be unpredictable
   */
  public SignedHello(HelloMould mould, String host, byte[] key, long unixSeconds, Random randoms) {
    this.bytes = mould.fresh(host, randoms);
    this.key = key;
    Arrays.fill(bytes, ClientHello.RANDOM_AT, RANDOM_END, (byte) 0);
    digest.message(bytes);
    random = digest.under(key);
    for (int i = 0; i < Integer.BYTES; i++) {
      random[HelloDigest.LENGTH - Integer.BYTES + i] ^= (byte) (unixSeconds >> (Byte.SIZE * i));
    }
    System.arraycopy(random, 0, bytes, ClientHello.RANDOM_AT, random.length);
  }

  /** What is sent. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * Whether a flight was made by who holds the secret.
   *
   * @param flight all of its records
   */
  public boolean isAnsweredBy(byte[] flight) {
    if (flight.length < RANDOM_END) {
      return false;
    }
    byte[] blank = flight.clone();
    Arrays.fill(blank, ClientHello.RANDOM_AT, RANDOM_END, (byte) 0);
    digest.message(random, blank);
    return Arrays.equals(
        digest.under(key), 0, HelloDigest.LENGTH, flight, ClientHello.RANDOM_AT, RANDOM_END);
  }
}
