package io.doppelfleet.proxy.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.address.AddressBits;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a control is told in place of a client's address: three bytes of a digest under its secret's
 * newest key. Who hasn't the key can't tell whose it is; who has it and tries all of IPv4 finds 256
 * addresses for each, of which it is one. For that one address in sixteen million is taken for
 * another.
 */
final class PlaceTokens {
  private static final byte[] PURPOSE = "doppelfleet address".getBytes(US_ASCII);

  private final KeyGeneration key;
  private final Mac mac;

  PlaceTokens(KeyGeneration key) {
    this.key = key;
    try {
      this.mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.secret().key(), mac.getAlgorithm()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // each JDK has it, and any bytes are a key
    }
  }

  /** Whether it is of this key: tokens of two can't be compared. */
  boolean areUnder(KeyGeneration other) {
    return key.secret().equals(other.secret());
  }

  /** Of the key. */
  int generation() {
    return key.generation();
  }

  int of(AddressBits place) {
    mac.update(PURPOSE);
    mac.update(ByteBuffer.allocate(16).putLong(place.high()).putLong(place.low()).flip());
    return ByteBuffer.wrap(mac.doFinal()).getInt() >>> (Integer.SIZE - LimitQuestion.TOKEN_BITS);
  }
}
