package io.doppelfleet.standin.datacenter;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.mtproto.AesIge;
import io.doppelfleet.fleet.mtproto.AuthKey;
import io.doppelfleet.fleet.mtproto.AuthKey.Message;
import io.doppelfleet.fleet.mtproto.AuthKey.Sender;
import io.doppelfleet.fleet.mtproto.DhGroup;
import io.doppelfleet.fleet.mtproto.Digests;
import io.doppelfleet.fleet.mtproto.TlReader;
import io.doppelfleet.fleet.mtproto.TlWriter;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exchange and what follows it, by a client that does each step as the protocol words it. */
final class KeyExchangeTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final DatacenterKey KEY = DatacenterKey.generate();
  private static final int TELEGRAMS_PEM_LENGTH = 425;

  private StandInDatacenter datacenter;

  @BeforeEach
  void start() throws IOException {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    datacenter = StandInDatacenter.start(List.of(free), KEY, 1);
  }

  @AfterEach
  void stop() {
    datacenter.close();
  }

  @Test
  void thePublicKeyIsAsLongAsTelegramsAndReads() throws Exception {
    assertThat(datacenter.key().publicPem()).hasSize(TELEGRAMS_PEM_LENGTH);
    assertThat(rsa().getModulus().bitLength()).isEqualTo(2048);
    assertThat(rsa().getPublicExponent()).isEqualTo(65537);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {Obfuscated2.ABRIDGED, Obfuscated2.INTERMEDIATE, Obfuscated2.PADDED_INTERMEDIATE})
  void aClientAgreesOnAKeyAndPingsUnderEveryTag(int tag) throws Exception {
    try (TestClient client = TestClient.connect(datacenter.address(), tag, 2)) {
      AuthKey key = exchange(client);
      Message created = ping(client, key, key.salt());
      assertThat(new TlReader(created.body()).int32()).isEqualTo(0x9ec20908);
      TlReader pong = new TlReader(key.open(client.readFrame(), Sender.DATACENTER).body());
      assertThat(pong.int32()).isEqualTo(0x347773c5);
      assertThat(pong.int64()).isEqualTo(4);
      assertThat(pong.int64()).isEqualTo(77);
      assertThat(datacenter.pings()).isEqualTo(1);
      assertThat(datacenter.keysExchanged()).isEqualTo(1);
    }
  }

  @Test
  void aWrongSaltIsAnsweredWithTheRightOne() throws Exception {
    try (TestClient client = TestClient.connect(datacenter.address())) {
      AuthKey key = exchange(client);
      TlReader bad = new TlReader(ping(client, key, key.salt() + 1).body());
      assertThat(bad.int32()).isEqualTo(0xedab447b);
      bad.raw(16);
      assertThat(bad.int64()).isEqualTo(key.salt());
    }
  }

  @Test
  void anUnknownKeyIsATransportError() throws Exception {
    try (TestClient client = TestClient.connect(datacenter.address())) {
      byte[] frame = new byte[80];
      RANDOM.nextBytes(frame);
      client.sendFrame(frame);
      assertThat(new TlReader(client.readFrame()).int32()).isEqualTo(-404);
    }
  }

  @Test
  void aStepOutOfTurnIsAnsweredByTheEnd() throws Exception {
    try (TestClient client = TestClient.connect(datacenter.address())) {
      send(client, new TlWriter().int32(KeyExchange.SET_CLIENT_DH_PARAMS).raw(new byte[32]));
      assertThat(client.socket.readToEnd().bytes()).isEmpty();
    }
  }

  @Test
  void igeDecryptsWhatItEncrypted() {
    byte[] key = new byte[32];
    byte[] iv = new byte[32];
    byte[] plain = new byte[160];
    RANDOM.nextBytes(key);
    RANDOM.nextBytes(iv);
    RANDOM.nextBytes(plain);
    assertThat(new AesIge(key, iv).decrypt(new AesIge(key, iv).encrypt(plain))).isEqualTo(plain);
  }

  @Test
  void aFilesPartsAreTheWholeFilesBytes() {
    byte[] whole = FileContent.read(7, 0, 100_000);
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    for (int at = 0; at < whole.length; at += 33_337) {
      parts.writeBytes(FileContent.read(7, at, Math.min(33_337, whole.length - at)));
    }
    assertThat(parts.toByteArray()).isEqualTo(whole);
    assertThat(FileContent.sha256(7, whole.length))
        .isEqualTo(HexFormat.of().formatHex(Digests.sha256(whole)));
    assertThat(FileContent.read(8, 0, 16)).isNotEqualTo(Arrays.copyOf(whole, 16));
  }

  private static Message ping(TestClient client, AuthKey key, long salt) throws IOException {
    byte[] body = new TlWriter().int32(0x7abe77ec).int64(77).toByteArray();
    client.sendFrame(key.seal(new Message(salt, 1234, 4, 1, body), Sender.CLIENT));
    return key.open(client.readFrame(), Sender.DATACENTER);
  }

  private AuthKey exchange(TestClient client) throws Exception {
    byte[] nonce = random(16);
    send(client, new TlWriter().int32(KeyExchange.REQ_PQ_MULTI).raw(nonce));
    TlReader resPq = read(client, KeyExchange.RES_PQ);
    assertThat(resPq.raw(16)).isEqualTo(nonce);
    byte[] serverNonce = resPq.raw(16);
    byte[] pq = resPq.bytes();
    assertThat(new BigInteger(1, pq).bitLength()).isLessThanOrEqualTo(63);
    resPq.raw(8);
    assertThat(resPq.int64()).isEqualTo(datacenter.key().fingerprint());
    byte[] p = HexFormat.of().parseHex("494c553b");
    byte[] q = HexFormat.of().parseHex("53911073");
    assertThat(new BigInteger(p).multiply(new BigInteger(q))).isEqualTo(new BigInteger(1, pq));

    byte[] newNonce = random(32);
    byte[] inner =
        new TlWriter()
            .int32(KeyExchange.P_Q_INNER_DATA_DC)
            .bytes(pq)
            .bytes(p)
            .bytes(q)
            .raw(nonce)
            .raw(serverNonce)
            .raw(newNonce)
            .int32(2)
            .toByteArray();
    send(
        client,
        new TlWriter()
            .int32(KeyExchange.REQ_DH_PARAMS)
            .raw(nonce)
            .raw(serverNonce)
            .bytes(p)
            .bytes(q)
            .int64(datacenter.key().fingerprint())
            .bytes(rsaPad(inner)));
    TlReader parameters = read(client, KeyExchange.SERVER_DH_PARAMS_OK);
    parameters.raw(32);
    AesIge temporary = AesIge.temporary(newNonce, serverNonce);
    TlReader answer = new TlReader(temporary.decrypt(parameters.bytes()));
    answer.raw(20);
    assertThat(answer.int32()).isEqualTo(KeyExchange.SERVER_DH_INNER_DATA);
    answer.raw(32);
    BigInteger g = BigInteger.valueOf(answer.int32());
    BigInteger prime = new BigInteger(1, answer.bytes());
    assertThat(prime.subtract(BigInteger.ONE).shiftRight(1).isProbablePrime(20)).isTrue();
    BigInteger theirs = new BigInteger(1, answer.bytes());

    BigInteger secret = new BigInteger(2048, RANDOM);
    byte[] mine =
        new TlWriter()
            .int32(KeyExchange.CLIENT_DH_INNER_DATA)
            .raw(nonce)
            .raw(serverNonce)
            .int64(0)
            .bytes(DhGroup.unsigned(g.modPow(secret, prime), 256))
            .toByteArray();
    byte[] plain =
        new TlWriter()
            .raw(Digests.sha1(mine))
            .raw(mine)
            .raw(random(-(20 + mine.length) & 15))
            .toByteArray();
    send(
        client,
        new TlWriter()
            .int32(KeyExchange.SET_CLIENT_DH_PARAMS)
            .raw(nonce)
            .raw(serverNonce)
            .bytes(temporary.encrypt(plain)));
    byte[] shared = DhGroup.unsigned(theirs.modPow(secret, prime), 256);
    long salt = new TlReader(newNonce).int64() ^ new TlReader(serverNonce).int64();
    AuthKey key = new AuthKey(shared, salt);
    TlReader ok = read(client, KeyExchange.DH_GEN_OK);
    ok.raw(32);
    assertThat(ok.raw(16))
        .isEqualTo(
            Arrays.copyOfRange(Digests.sha1(newNonce, new byte[] {1}, key.auxiliaryHash()), 4, 20));
    return key;
  }

  private byte[] rsaPad(byte[] data) throws Exception {
    byte[] padded = Arrays.copyOf(data, 192);
    BigInteger number;
    do {
      byte[] key = random(32);
      byte[] reversed = new byte[192];
      for (int i = 0; i < 192; i++) {
        reversed[i] = padded[191 - i];
      }
      byte[] hashed = new TlWriter().raw(reversed).raw(Digests.sha256(key, padded)).toByteArray();
      byte[] encrypted = new AesIge(key, new byte[32]).encrypt(hashed);
      byte[] mask = Digests.sha256(encrypted);
      for (int i = 0; i < 32; i++) {
        key[i] ^= mask[i];
      }
      number = new BigInteger(1, new TlWriter().raw(key).raw(encrypted).toByteArray());
    } while (number.compareTo(rsa().getModulus()) >= 0);
    return DhGroup.unsigned(number.modPow(rsa().getPublicExponent(), rsa().getModulus()), 256);
  }

  /** The PEM's PKCS#1 key, wrapped as the JDK reads it (RFC 5280, rsaEncryption). */
  private RSAPublicKey rsa() throws Exception {
    String base64 = datacenter.key().publicPem().replaceAll("-----[^-]+-----|\n", "");
    byte[] pkcs1 = Base64.getDecoder().decode(base64);
    byte[] head = HexFormat.of().parseHex("30820122300d06092a864886f70d01010105000382010f00");
    byte[] spki = new TlWriter().raw(head).raw(pkcs1).toByteArray();
    return (RSAPublicKey)
        KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(spki));
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static void send(TestClient client, TlWriter message) throws IOException {
    byte[] body = message.toByteArray();
    client.sendFrame(new TlWriter().int64(0).int64(4).int32(body.length).raw(body).toByteArray());
  }

  private static TlReader read(TestClient client, int constructor) throws IOException {
    TlReader in = new TlReader(client.readFrame());
    assertThat(in.int64()).isZero();
    assertThat(in.int64() & 3).isEqualTo(1);
    in.int32();
    assertThat(in.int32()).isEqualTo(constructor);
    return in;
  }
}
