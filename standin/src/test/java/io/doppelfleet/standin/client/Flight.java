package io.doppelfleet.standin.client;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.interfaces.XECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KEM;

/** A right answer to a hello, of which a test spoils one part before it is signed. */
final class Flight {
  private static final byte[] ML_KEM_768_PREFIX =
      HexFormat.of().parseHex("308204b2300b0609608648016503040402038204a100");

  final ClientHello hello;
  int legacyVersion = 0x0303;
  byte[] sessionId;
  int suite = 0x1301;
  int compression = 0;
  int selectedVersion = 0x0304;
  int group;
  byte[] share;
  byte[] moreExtensions = {};
  byte[] afterServerHello = {};
  byte[] firstHeader = {0x16, 3, 3};
  byte[] changeCipherSpec = {0x14, 3, 3, 0, 1, 1};
  byte[] application = record(0x17, new byte[1000]);
  byte[] after = {};
  boolean signed = true;

  Flight(ClientHello hello, Group group) {
    this.hello = hello;
    this.sessionId = hello.sessionId();
    this.group = group.code();
    this.share = serverShare(hello, group);
  }

  byte[] toBytes() {
    byte[] message = serverHello();
    byte[] bytes =
        join(
            firstHeader,
            new byte[] {(byte) (message.length >> 8), (byte) message.length},
            message,
            changeCipherSpec,
            application);
    if (signed) {
      byte[] digest = Tls.hmac(hello.key(), hello.random(), bytes);
      System.arraycopy(digest, 0, bytes, Tls.RANDOM_OFFSET, digest.length);
    }
    return join(bytes, after);
  }

  private byte[] serverHello() {
    byte[] keyShare = new ByteSink().u16(group).u16(share.length).bytes(share).toBytes();
    byte[] extensions =
        join(
            Extensions.extension(43, new ByteSink().u16(selectedVersion).toBytes()),
            Extensions.extension(51, keyShare),
            moreExtensions);
    byte[] body =
        new ByteSink()
            .u16(legacyVersion)
            .bytes(new byte[32])
            .u8(sessionId.length)
            .bytes(sessionId)
            .u16(suite)
            .u8(compression)
            .u16(extensions.length)
            .bytes(extensions)
            .toBytes();
    return new ByteSink().u8(2).u24(body.length).bytes(body).bytes(afterServerHello).toBytes();
  }

  static byte[] record(int type, byte[] payload) {
    return new ByteSink().u8(type).u16(0x0303).u16(payload.length).bytes(payload).toBytes();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** A share that ends the exchange truly. */
  private static byte[] serverShare(ClientHello hello, Group group) {
    try {
      byte[] point = point();
      if (group == Group.X25519) {
        return point;
      }
      ClientKeys keys = hello.keys();
      if (keys == null) {
        throw new IllegalArgumentException("a captured hello");
      }
      byte[] raw = Arrays.copyOf(keys.share(group), 1184);
      KEM.Encapsulated encapsulated =
          KEM.getInstance("ML-KEM")
              .newEncapsulator(
                  KeyFactory.getInstance("ML-KEM-768")
                      .generatePublic(new X509EncodedKeySpec(join(ML_KEM_768_PREFIX, raw))))
              .encapsulate();
      return join(encapsulated.encapsulation(), point);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] point() throws GeneralSecurityException {
    XECPublicKey key =
        (XECPublicKey) KeyPairGenerator.getInstance("X25519").generateKeyPair().getPublic();
    BigInteger u = key.getU();
    byte[] point = new byte[32];
    for (int i = 0; i < 32; i++) {
      point[i] = u.shiftRight(8 * i).byteValue();
    }
    return point;
  }
}
