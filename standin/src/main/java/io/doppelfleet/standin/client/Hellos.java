package io.doppelfleet.standin.client;

import io.doppelfleet.fleet.Secret;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A recipe for ClientHellos. Immutable: each alteration is another recipe, and each {@link #build}
 * another hello.
 */
public final class Hellos {
  /** What a hello resembles. */
  private enum Shape {
    CLASSIC,
    HYBRID
  }

  /** Telegram Desktop 4.6.5 pads to this. */
  private static final int CLASSIC_LENGTH = 517;

  private static final int[] SUITES_1_3 = {0x1301, 0x1302, 0x1303};
  private static final int[] SUITES_1_2 = {
    0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035
  };
  private static final byte[] NO_COMPRESSION = {1, 0};

  private final Shape shape;
  private final Secret secret;
  private final @Nullable String sni;
  private final @Nullable Instant time;
  private final boolean tls13;
  private final boolean rightDigest;
  private final int length;
  private final @Nullable ClientKeys keys;
  private final RandomGenerator random;

  private Hellos(
      Shape shape,
      Secret secret,
      @Nullable String sni,
      @Nullable Instant time,
      boolean tls13,
      boolean rightDigest,
      int length,
      @Nullable ClientKeys keys,
      RandomGenerator random) {
    this.shape = shape;
    this.secret = secret;
    this.sni = sni;
    this.time = time;
    this.tls13 = tls13;
    this.rightDigest = rightDigest;
    this.length = length;
    this.keys = keys;
    this.random = random;
  }

  /** As Telegram Desktop 4.6.5 and older clients send: 517 bytes, X25519 alone. */
  public static Hellos classic(Secret secret) {
    return of(Shape.CLASSIC, secret, CLASSIC_LENGTH);
  }

  /**
   * As TDLib 1.8.65 sends: about 1750 bytes, X25519MLKEM768 and X25519, ECH of random bytes,
   * extensions in random order.
   */
  public static Hellos hybrid(Secret secret) {
    return of(Shape.HYBRID, secret, 0);
  }

  private static Hellos of(Shape shape, Secret secret, int length) {
    return new Hellos(
        shape, secret, secret.host(), null, true, true, length, null, new SecureRandom());
  }

  /** Stamped with this time (to the second), not with that of {@link #build}. */
  public Hellos at(Instant time) {
    return new Hellos(shape, secret, sni, time, tls13, rightDigest, length, keys, random);
  }

  /** With a host name of the caller's choice. */
  public Hellos withSni(String host) {
    return new Hellos(shape, secret, host, time, tls13, rightDigest, length, keys, random);
  }

  /** Without a host name. */
  public Hellos withoutSni() {
    return new Hellos(shape, secret, null, time, tls13, rightDigest, length, keys, random);
  }

  /** With one bit of the digest turned. */
  public Hellos withWrongDigest() {
    return new Hellos(shape, secret, sni, time, tls13, false, length, keys, random);
  }

  /** Without suites, versions and shares of TLS 1.3, the digest being right. */
  public Hellos withoutTls13() {
    return new Hellos(shape, secret, sni, time, false, rightDigest, length, keys, random);
  }

  /**
   * Padded to so many bytes, the record's header included.
   *
   * @param length not shorter than the hello without padding, or 5 bytes longer at least
   */
  public Hellos paddedTo(int length) {
    return new Hellos(shape, secret, sni, time, tls13, rightDigest, length, keys, random);
  }

  /** With these keys in every hello, where making new ones for each costs too much. */
  public Hellos withKeys(ClientKeys keys) {
    return new Hellos(shape, secret, sni, time, tls13, rightDigest, length, keys, random);
  }

  /** With bytes that can be foretold. */
  public Hellos withRandom(RandomGenerator random) {
    return new Hellos(shape, secret, sni, time, tls13, rightDigest, length, keys, random);
  }

  /** A hello of now, unless {@link #at} said otherwise. */
  public ClientHello build() {
    ClientKeys used = keys != null ? keys : ClientKeys.generate();
    byte[] sessionId = new byte[32];
    random.nextBytes(sessionId);
    byte[] suites = suites();
    byte[] extensions = extensions(used);
    byte[] message =
        new ByteSink()
            .u16(Tls.TLS_1_2)
            .bytes(new byte[Tls.RANDOM_LENGTH])
            .u8(sessionId.length)
            .bytes(sessionId)
            .u16(suites.length)
            .bytes(suites)
            .bytes(NO_COMPRESSION)
            .u16(extensions.length)
            .bytes(extensions)
            .toBytes();
    byte[] hello =
        new ByteSink()
            .u8(Tls.HANDSHAKE)
            .u16(0x0301)
            .u16(message.length + 4)
            .u8(1)
            .u24(message.length)
            .bytes(message)
            .toBytes();
    stamp(hello);
    return new ClientHello(hello, secret.key(), used);
  }

  private byte[] suites() {
    ByteSink suites = new ByteSink().u16(grease());
    if (tls13) {
      for (int suite : SUITES_1_3) {
        suites.u16(suite);
      }
    }
    for (int suite : SUITES_1_2) {
      suites.u16(suite);
    }
    return suites.toBytes();
  }

  private byte[] extensions(ClientKeys used) {
    int grease = grease();
    List<byte[]> middle = new ArrayList<>();
    if (sni != null) {
      middle.add(Extensions.serverName(sni));
    }
    middle.add(Extensions.fixed(0x17, ""));
    middle.add(Extensions.fixed(0xff01, "00"));
    Group[] groups =
        shape == Shape.CLASSIC
            ? new Group[] {Group.X25519}
            : new Group[] {Group.X25519MLKEM768, Group.X25519};
    middle.add(Extensions.groups(grease, groups));
    middle.add(Extensions.fixed(0x0b, "0100"));
    middle.add(Extensions.fixed(0x23, ""));
    middle.add(Extensions.fixed(0x10, "000c02683208687474702f312e31"));
    middle.add(Extensions.fixed(0x05, "0100000000"));
    middle.add(Extensions.fixed(0x0d, "001004030804040105030805050108060601"));
    middle.add(Extensions.fixed(0x12, ""));
    if (tls13) {
      middle.add(Extensions.keyShares(grease, used, groups));
      middle.add(Extensions.fixed(0x2d, "0101"));
      middle.add(Extensions.supportedVersions(grease(), Tls.TLS_1_3, Tls.TLS_1_2));
    }
    middle.add(Extensions.fixed(0x1b, "020002"));
    if (shape == Shape.HYBRID) {
      middle.add(Extensions.greaseEch(random));
      middle.add(Extensions.fixed(0x44cd, "0003026832"));
      shuffle(middle);
    }
    ByteSink all = new ByteSink().bytes(Extensions.extension(0x0a0a, new byte[0]));
    middle.forEach(all::bytes);
    all.bytes(Extensions.extension(0xdada, new byte[1]));
    return padded(all).toBytes();
  }

  private ByteSink padded(ByteSink extensions) {
    int rest = extensions.size() + Tls.SESSION_ID_OFFSET + 1 + 32 + 2 + suites().length + 2 + 2;
    int missing = length - rest;
    if (missing <= 0) {
      return extensions;
    }
    return extensions.bytes(
        Extensions.extension(Extensions.PADDING, new byte[Math.max(0, missing - 4)]));
  }

  private void shuffle(List<byte[]> list) {
    for (int i = list.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      byte[] swapped = list.get(i);
      list.set(i, list.get(j));
      list.set(j, swapped);
    }
  }

  private int grease() {
    return 0x0a0a + 0x1010 * random.nextInt(16);
  }

  /** Puts digest XOR time where zeroes were. */
  private void stamp(byte[] hello) {
    byte[] digest = Tls.hmac(secret.key(), hello);
    long seconds = (time != null ? time : Instant.now()).getEpochSecond();
    for (int i = 0; i < 4; i++) {
      digest[28 + i] ^= (byte) (seconds >>> (8 * i));
    }
    if (!rightDigest) {
      digest[random.nextInt(28)] ^= (byte) (1 << random.nextInt(8));
    }
    System.arraycopy(digest, 0, hello, Tls.RANDOM_OFFSET, digest.length);
  }
}
