package io.doppelfleet.standin.datacenter;

import io.doppelfleet.fleet.mtproto.AesIge;
import io.doppelfleet.fleet.mtproto.AuthKey;
import io.doppelfleet.fleet.mtproto.DhGroup;
import io.doppelfleet.fleet.mtproto.Digests;
import io.doppelfleet.fleet.mtproto.MalformedMessageException;
import io.doppelfleet.fleet.mtproto.TlReader;
import io.doppelfleet.fleet.mtproto.TlWriter;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;

/**
 * The data centre's side of <a href="https://core.telegram.org/mtproto/auth_key">creating an
 * authorization key</a>, for one connection. Not thread-safe.
 */
final class KeyExchange {
  /** TL constructors, from the schema on that page. */
  static final int REQ_PQ_MULTI = 0xbe7e8ef1;

  static final int RES_PQ = 0x05162463;
  static final int VECTOR = 0x1cb5c415;
  static final int P_Q_INNER_DATA_DC = 0xa9f55f95;
  static final int P_Q_INNER_DATA_TEMP_DC = 0x56fddf88;
  static final int REQ_DH_PARAMS = 0xd712e4be;
  static final int SERVER_DH_PARAMS_OK = 0xd0e8075c;
  static final int SERVER_DH_INNER_DATA = 0xb5890dba;
  static final int SET_CLIENT_DH_PARAMS = 0xf5045f1f;
  static final int CLIENT_DH_INNER_DATA = 0x6643b654;
  static final int DH_GEN_OK = 0x3bcbf734;

  /** The prime's generator. */
  static final int G = 3;

  /** The primes of the example in the protocol's description: 31 bits each, P below Q. */
  private static final byte[] P = {0x49, 0x4c, 0x55, 0x3b};

  private static final byte[] Q = {0x53, (byte) 0x91, 0x10, 0x73};

  private static final byte[] PQ =
      DhGroup.unsigned(new BigInteger(1, P).multiply(new BigInteger(1, Q)), 8);

  private static final int NONCE_LENGTH = 16;
  private static final int SHA1_LENGTH = 20;

  private final DatacenterKey rsa;
  private final Map<Long, AuthKey> keys;
  private final SecureRandom random = new SecureRandom();
  private State state = new Idle();

  /**
   * At the beginning.
   *
   * @param rsa what the data centre proves itself with
   * @param keys where the new key goes, by its id
   */
  KeyExchange(DatacenterKey rsa, Map<Long, AuthKey> keys) {
    this.rsa = rsa;
    this.keys = keys;
  }

  private sealed interface State {}

  private record Idle() implements State {}

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Challenged(byte[] nonce, byte[] serverNonce) implements State {}

  /** The client has shown that it knows the RSA key; {@code secret} is our exponent. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Offered(byte[] nonce, byte[] serverNonce, byte[] newNonce, BigInteger secret)
      implements State {}

  /**
   * Takes a client's step and gives the answer.
   *
   * @throws MalformedMessageException when it's not the step that is due, or wrong
   */
  byte[] answer(byte[] message) {
    TlReader in = new TlReader(message);
    int constructor = in.int32();
    // A client may begin anew at any time, and TDLib does to measure a proxy.
    if (constructor == REQ_PQ_MULTI) {
      return challenge(in);
    }
    return switch (state) {
      case Challenged challenged when constructor == REQ_DH_PARAMS -> offer(challenged, in);
      case Offered offered when constructor == SET_CLIENT_DH_PARAMS -> confirm(offered, in);
      default ->
          throw new MalformedMessageException(
              String.format("%08x in state %s", constructor, state.getClass().getSimpleName()));
    };
  }

  private byte[] challenge(TlReader in) {
    byte[] nonce = in.raw(NONCE_LENGTH);
    byte[] serverNonce = new byte[NONCE_LENGTH];
    random.nextBytes(serverNonce);
    state = new Challenged(nonce, serverNonce);
    return new TlWriter()
        .int32(RES_PQ)
        .raw(nonce)
        .raw(serverNonce)
        .bytes(PQ)
        .int32(VECTOR)
        .int32(1)
        .int64(rsa.fingerprint())
        .toByteArray();
  }

  private byte[] offer(Challenged challenged, TlReader in) {
    expect("nonce", challenged.nonce, in.raw(NONCE_LENGTH));
    expect("server_nonce", challenged.serverNonce, in.raw(NONCE_LENGTH));
    expect("p", P, in.bytes());
    expect("q", Q, in.bytes());
    if (in.int64() != rsa.fingerprint()) {
      throw new MalformedMessageException("the fingerprint is of another key");
    }
    TlReader inner = new TlReader(rsa.decrypt(in.bytes()));
    int constructor = inner.int32();
    if (constructor != P_Q_INNER_DATA_DC && constructor != P_Q_INNER_DATA_TEMP_DC) {
      throw new MalformedMessageException(
          String.format("inner data %08x where p_q_inner_data_(temp_)dc is right", constructor));
    }
    expect("pq", PQ, inner.bytes());
    expect("p", P, inner.bytes());
    expect("q", Q, inner.bytes());
    expect("nonce", challenged.nonce, inner.raw(NONCE_LENGTH));
    expect("server_nonce", challenged.serverNonce, inner.raw(NONCE_LENGTH));
    byte[] newNonce = inner.raw(32);

    BigInteger secret = new BigInteger(DhGroup.PRIME.bitLength(), random);
    state = new Offered(challenged.nonce, challenged.serverNonce, newNonce, secret);
    byte[] answer =
        new TlWriter()
            .int32(SERVER_DH_INNER_DATA)
            .raw(challenged.nonce)
            .raw(challenged.serverNonce)
            .int32(G)
            .bytes(DhGroup.unsigned(DhGroup.PRIME, DhGroup.LENGTH))
            .bytes(
                DhGroup.unsigned(
                    BigInteger.valueOf(G).modPow(secret, DhGroup.PRIME), DhGroup.LENGTH))
            .int32((int) (System.currentTimeMillis() / 1000))
            .toByteArray();
    byte[] hash = Digests.sha1(answer);
    byte[] filling = new byte[-(hash.length + answer.length) & 15];
    random.nextBytes(filling);
    byte[] plain = new TlWriter().raw(hash).raw(answer).raw(filling).toByteArray();
    return new TlWriter()
        .int32(SERVER_DH_PARAMS_OK)
        .raw(challenged.nonce)
        .raw(challenged.serverNonce)
        .bytes(AesIge.temporary(newNonce, challenged.serverNonce).encrypt(plain))
        .toByteArray();
  }

  private byte[] confirm(Offered offered, TlReader in) {
    expect("nonce", offered.nonce, in.raw(NONCE_LENGTH));
    expect("server_nonce", offered.serverNonce, in.raw(NONCE_LENGTH));
    byte[] plain = AesIge.temporary(offered.newNonce, offered.serverNonce).decrypt(in.bytes());
    TlReader inner = new TlReader(plain);
    byte[] hash = inner.raw(SHA1_LENGTH);
    if (inner.int32() != CLIENT_DH_INNER_DATA) {
      throw new MalformedMessageException("the encrypted data isn't client_DH_inner_data");
    }
    expect("nonce", offered.nonce, inner.raw(NONCE_LENGTH));
    expect("server_nonce", offered.serverNonce, inner.raw(NONCE_LENGTH));
    inner.int64(); // retry_id: we never ask for a retry.
    BigInteger theirs = new BigInteger(1, inner.bytes());
    expect(
        "SHA-1",
        Digests.sha1(Arrays.copyOfRange(plain, SHA1_LENGTH, plain.length - inner.remaining())),
        hash);

    byte[] shared = DhGroup.unsigned(theirs.modPow(offered.secret, DhGroup.PRIME), DhGroup.LENGTH);
    AuthKey key = new AuthKey(shared, salt(offered));
    keys.put(key.id(), key);
    state = new Idle();
    byte[] newNonceHash = Digests.sha1(offered.newNonce, new byte[] {1}, key.auxiliaryHash());
    return new TlWriter()
        .int32(DH_GEN_OK)
        .raw(offered.nonce)
        .raw(offered.serverNonce)
        .raw(Arrays.copyOfRange(newNonceHash, 4, SHA1_LENGTH))
        .toByteArray();
  }

  /** The first salt of a key is what both sides have anyway. */
  private static long salt(Offered offered) {
    return new TlReader(offered.newNonce).int64() ^ new TlReader(offered.serverNonce).int64();
  }

  private static void expect(String name, byte[] right, byte[] given) {
    if (!Arrays.equals(right, given)) {
      throw new MalformedMessageException(name + " isn't what it should be");
    }
  }
}
