package io.doppelfleet.proxy.published;

import io.doppelfleet.fleet.mtproto.AesIge;
import io.doppelfleet.fleet.mtproto.AuthKey;
import io.doppelfleet.fleet.mtproto.DhGroup;
import io.doppelfleet.fleet.mtproto.Digests;
import io.doppelfleet.fleet.mtproto.MalformedMessageException;
import io.doppelfleet.fleet.mtproto.TlReader;
import io.doppelfleet.fleet.mtproto.TlWriter;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client's side of <a href="https://core.telegram.org/mtproto/auth_key">creating an authorization
 * key</a>: whoever ends it well has the RSA key's other half, so what is said under the new key is
 * Telegram's. Bytes come in and go out; a step takes up to some tens of milliseconds. For one
 * thread at a time.
 */
final class Agreement {
  private static final int REQ_PQ_MULTI = 0xbe7e8ef1;
  private static final int RES_PQ = 0x05162463;
  private static final int VECTOR = 0x1cb5c415;
  private static final int P_Q_INNER_DATA_DC = 0xa9f55f95;
  private static final int REQ_DH_PARAMS = 0xd712e4be;
  private static final int SERVER_DH_PARAMS_OK = 0xd0e8075c;
  private static final int SERVER_DH_INNER_DATA = 0xb5890dba;
  private static final int SET_CLIENT_DH_PARAMS = 0xf5045f1f;
  private static final int CLIENT_DH_INNER_DATA = 0x6643b654;
  private static final int DH_GEN_OK = 0x3bcbf734;

  private static final int NONCE = 16;
  private static final int NEW_NONCE = 32;
  private static final int SHA1 = 20;
  private static final int MOST_FINGERPRINTS = 64;

  /** Numbers of Diffie and Hellman are not near the prime's ends. */
  private static final BigInteger LEAST = BigInteger.ONE.shiftLeft(DhGroup.LENGTH * 8 - 64);

  private final TelegramKey rsa;
  private final int datacenter;
  private final RandomGenerator random;
  private final byte[] nonce;
  private final byte[] newNonce;
  private byte[] serverNonce = {};
  private int expected = RES_PQ;
  private int serverTime;
  private @Nullable AuthKey key;

  /**
   * At the beginning.
   *
   * @param rsa what the data centre has to prove itself with
   * @param random must be unpredictable
   */
  Agreement(TelegramKey rsa, int datacenter, RandomGenerator random) {
    this.rsa = rsa;
    this.datacenter = datacenter;
    this.random = random;
    this.nonce = bytes(NONCE);
    this.newNonce = bytes(NEW_NONCE);
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** The first thing to say. */
  byte[] begin() {
    return new TlWriter().int32(REQ_PQ_MULTI).raw(nonce).toByteArray();
  }

  /**
   * What to say next; null: there is a {@link #key}.
   *
   * @throws MalformedMessageException where the other end isn't who it should be
   */
  byte @Nullable [] next(byte[] said) {
    TlReader in = new TlReader(said);
    if (in.int32() != expected) {
      throw new MalformedMessageException("it is not the step that is due");
    }
    expect("nonce", nonce, in.raw(NONCE));
    return switch (expected) {
      case RES_PQ -> askForNumbers(in);
      case SERVER_DH_PARAMS_OK -> answerNumbers(in);
      default -> {
        end(in);
        yield null;
      }
    };
  }

  /** Once they agree. */
  AuthKey key() {
    if (key == null) {
      throw new IllegalStateException("they haven't agreed yet");
    }
    return key;
  }

  /** The data centre's clock at the exchange, seconds of Unix. */
  int serverTime() {
    return serverTime;
  }

  private byte[] askForNumbers(TlReader in) {
    serverNonce = in.raw(NONCE);
    byte[] pq = in.bytes();
    Factors factors = Factors.of(new BigInteger(1, pq));
    if (in.int32() != VECTOR) {
      throw new MalformedMessageException("there are no fingerprints");
    }
    boolean known = false;
    for (int left = Math.min(in.int32(), MOST_FINGERPRINTS); left > 0; left--) {
      known |= in.int64() == rsa.fingerprint();
    }
    if (!known) {
      throw new MalformedMessageException("it has another key than Telegram's");
    }
    byte[] p = DhGroup.unsigned(factors.smaller(), Integer.BYTES);
    byte[] q = DhGroup.unsigned(factors.larger(), Integer.BYTES);
    byte[] inner =
        new TlWriter()
            .int32(P_Q_INNER_DATA_DC)
            .bytes(pq)
            .bytes(p)
            .bytes(q)
            .raw(nonce)
            .raw(serverNonce)
            .raw(newNonce)
            .int32(datacenter)
            .toByteArray();
    expected = SERVER_DH_PARAMS_OK;
    return new TlWriter()
        .int32(REQ_DH_PARAMS)
        .raw(nonce)
        .raw(serverNonce)
        .bytes(p)
        .bytes(q)
        .int64(rsa.fingerprint())
        .bytes(rsa.seal(inner, random))
        .toByteArray();
  }

  private byte[] answerNumbers(TlReader in) {
    expect("server_nonce", serverNonce, in.raw(NONCE));
    AesIge temporary = AesIge.temporary(newNonce, serverNonce);
    byte[] plain = temporary.decrypt(in.bytes());
    TlReader inner = new TlReader(plain);
    byte[] hash = inner.raw(SHA1);
    if (inner.int32() != SERVER_DH_INNER_DATA) {
      throw new MalformedMessageException("it could not open what was sealed for Telegram");
    }
    expect("nonce", nonce, inner.raw(NONCE));
    expect("server_nonce", serverNonce, inner.raw(NONCE));
    BigInteger generator = BigInteger.valueOf(inner.int32());
    BigInteger prime = new BigInteger(1, inner.bytes());
    BigInteger theirs = new BigInteger(1, inner.bytes());
    serverTime = inner.int32();
    int length = plain.length - SHA1 - inner.remaining();
    expect("SHA-1", hash, Digests.sha1(Arrays.copyOfRange(plain, SHA1, SHA1 + length)));
    // Whatever Telegram takes, clients have checked this one for years.
    if (!prime.equals(DhGroup.PRIME)
        || generator.bitLength() > 3
        || generator.compareTo(BigInteger.TWO) < 0) {
      throw new MalformedMessageException("it has numbers that Telegram's clients don't know");
    }
    inBounds(theirs);
    BigInteger secret = new BigInteger(1, bytes(DhGroup.LENGTH));
    BigInteger ours = generator.modPow(secret, prime);
    inBounds(ours);
    byte[] data =
        new TlWriter()
            .int32(CLIENT_DH_INNER_DATA)
            .raw(nonce)
            .raw(serverNonce)
            .int64(0)
            .bytes(DhGroup.unsigned(ours, DhGroup.LENGTH))
            .toByteArray();
    byte[] sealed =
        temporary.encrypt(
            new TlWriter()
                .raw(Digests.sha1(data))
                .raw(data)
                .raw(bytes(-(SHA1 + data.length) & 15))
                .toByteArray());
    long salt = new TlReader(newNonce).int64() ^ new TlReader(serverNonce).int64();
    key = new AuthKey(DhGroup.unsigned(theirs.modPow(secret, prime), DhGroup.LENGTH), salt);
    expected = DH_GEN_OK;
    return new TlWriter()
        .int32(SET_CLIENT_DH_PARAMS)
        .raw(nonce)
        .raw(serverNonce)
        .bytes(sealed)
        .toByteArray();
  }

  private static void inBounds(BigInteger number) {
    if (number.compareTo(LEAST) < 0 || number.compareTo(DhGroup.PRIME.subtract(LEAST)) > 0) {
      throw new MalformedMessageException("a number of the agreement is out of bounds");
    }
  }

  private void end(TlReader in) {
    expect("server_nonce", serverNonce, in.raw(NONCE));
    byte[] hash = Digests.sha1(newNonce, new byte[] {1}, key().auxiliaryHash());
    expect("new_nonce_hash1", Arrays.copyOfRange(hash, SHA1 - NONCE, SHA1), in.raw(NONCE));
    expected = 0;
  }

  private static void expect(String name, byte[] right, byte[] given) {
    if (!Arrays.equals(right, given)) {
      throw new MalformedMessageException(name + " isn't what it should be");
    }
  }
}
