package io.doppelfleet.proxy.hello;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Makes hellos of one kind: random, session id, key shares and GREASE (<a
 * href="https://www.rfc-editor.org/rfc/rfc8701">RFC 8701</a>) are new in each and true, the host
 * name is the caller's, and everything else is as it was in the hello that the mould is of. Such a
 * hello carries no digest of a secret.
 */
public final class HelloMould {
  private static final int SERVER_NAME = 0;
  private static final int SUPPORTED_GROUPS = 10;
  private static final int PADDING = 21;
  private static final int PRE_SHARED_KEY = 41;
  private static final int EARLY_DATA = 42;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int COOKIE = 44;
  private static final int KEY_SHARE = 51;
  private static final int ENCRYPTED_HELLO = 0xfe0d;

  /** What comes before a GREASE ECH extension's lengths: outer, HKDF-SHA256, AES-128-GCM, id. */
  private static final int ECH_HEADER = 6;

  /**
   * Key shares of a hello, GREASE aside; clients send one or two. Each costs us a key, a slow one
   * half a millisecond, whenever such a hello is made.
   */
  private static final int MOST_SHARES = 3;

  /** The longest name that DNS has. */
  private static final String LONGEST_HOST = ("a".repeat(62) + ".").repeat(4) + "a";

  private final HelloKind kind;
  private final boolean hybrid;
  private final int sessionId;
  private final int[] suites;
  private final byte[] compressions;
  private final List<Extension> extensions;
  private final boolean shuffled;
  private final int paddedTo;

  /** One extension, as it was. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Extension(int type, byte[] body) {}

  private HelloMould(ClientHello hello, boolean shuffled) {
    kind = hello.kind();
    hybrid = hello.share(ClientHello.X25519_MLKEM768) != null;
    this.shuffled = shuffled;
    ByteBuffer in = ByteBuffer.wrap(hello.signedBytes());
    in.position(ClientHello.RANDOM_AT + ClientHello.RANDOM_LENGTH);
    sessionId = in.get() & 0xff;
    in.position(in.position() + sessionId);
    in.position(in.position() + 2 + (in.getShort(in.position()) & 0xffff));
    suites = hello.suites();
    compressions = new byte[in.get() & 0xff];
    in.get(compressions);
    extensions = new ArrayList<>();
    boolean padded = false;
    if (in.hasRemaining()) {
      int all = in.getShort() & 0xffff;
      in.limit(in.position() + all);
    }
    while (in.hasRemaining()) {
      int type = in.getShort() & 0xffff;
      byte[] body = new byte[in.getShort() & 0xffff];
      in.get(body);
      extensions.add(new Extension(type, body));
      padded |= type == PADDING;
    }
    paddedTo = padded ? hello.signedBytes().length : 0;
  }

  /**
   * The mould of a hello; empty where another hello of its kind can't be made without its secrets
   * or its server (a resumption, early data, a cookie, a key share of a group that we haven't), or
   * where its extensions are none that a client sends. Makes one hello to find out, some
   * milliseconds of work; what is returned can make others, for any host name.
   *
   * @param shuffled whether this client puts its extensions in another order each time, as Chrome
   *     does
   */
  public static Optional<HelloMould> of(ClientHello hello, boolean shuffled) {
    try {
      HelloMould mould = new HelloMould(hello, shuffled);
      return mould.canBeRenewed() && mould.isTrue() ? Optional.of(mould) : Optional.empty();
    } catch (RuntimeException | MalformedHelloException e) { // a body whose lengths don't fit
      return Optional.empty();
    }
  }

  /** Whether a hello of it is of its kind. */
  private boolean isTrue() throws MalformedHelloException {
    return new ClientHello(fresh(LONGEST_HOST, new Random(0))).kind().equals(kind);
  }

  private boolean canBeRenewed() {
    for (Extension extension : extensions) {
      switch (extension.type) {
        case PRE_SHARED_KEY, EARLY_DATA, COOKIE -> {
          return false;
        }
        case KEY_SHARE -> {
          ByteBuffer shares = ByteBuffer.wrap(extension.body).position(2);
          int keys = 0;
          while (shares.hasRemaining()) {
            int group = shares.getShort() & 0xffff;
            boolean key = !HelloKind.isGrease(group);
            if (key && (!FreshShares.has(group) || ++keys > MOST_SHARES)) {
              return false;
            }
            shares.position(shares.position() + 2 + (shares.getShort(shares.position()) & 0xffff));
          }
        }
        default -> {}
      }
    }
    return true;
  }

  /** The kind that its hellos are of. */
  public HelloKind kind() {
    return kind;
  }

  /** Whether its hellos carry a share of X25519MLKEM768. */
  public boolean hybrid() {
    return hybrid;
  }

  /**
   * A hello, as one record. Takes about a millisecond for the keys.
   *
   * @param host the host name to ask for, ASCII
   */
  public byte[] fresh(String host, Random random) {
    Grease grease = new Grease(random);
    List<Extension> ordered = new ArrayList<>(extensions);
    if (shuffled) {
      shuffle(ordered, random);
    }
    ByteBuffer out = ByteBuffer.allocate(HelloReader.LONGEST_HELLO + 512);
    out.put((byte) 0x16).putShort((short) 0x0301).putShort((short) 0);
    out.putInt(0).putShort((short) 0x0303);
    out.put(bytes(32, random)).put((byte) sessionId).put(bytes(sessionId, random));
    out.putShort((short) (2 * suites.length));
    for (int suite : suites) {
      out.putShort((short) (HelloKind.isGrease(suite) ? grease.suite : suite));
    }
    out.put((byte) compressions.length).put(compressions);
    if (!ordered.isEmpty()) {
      int lengthAt = out.position();
      out.putShort((short) 0);
      for (Extension extension : ordered) {
        put(out, extension, host, grease, random);
      }
      pad(out);
      out.putShort(lengthAt, (short) (out.position() - lengthAt - 2));
    }
    int length = out.position() - ClientHello.RECORD_HEADER;
    out.putShort(3, (short) length);
    out.putInt(ClientHello.RECORD_HEADER, 1 << 24 | (length - ClientHello.HANDSHAKE_HEADER));
    return Arrays.copyOf(out.array(), out.position());
  }

  /** GREASE stands at the ends, where Chrome leaves it. */
  private static void shuffle(List<Extension> all, Random random) {
    List<Extension> middle = new ArrayList<>(all);
    middle.removeIf(extension -> HelloKind.isGrease(extension.type));
    Collections.shuffle(middle, random);
    int next = 0;
    for (int i = 0; i < all.size(); i++) {
      if (!HelloKind.isGrease(all.get(i).type)) {
        all.set(i, middle.get(next++));
      }
    }
  }

  private static void put(
      ByteBuffer out, Extension extension, String host, Grease grease, Random random) {
    if (extension.type == PADDING) {
      return; // it fills what the others leave
    }
    boolean isGrease = HelloKind.isGrease(extension.type);
    out.putShort((short) (isGrease ? grease.nextExtension() : extension.type));
    int lengthAt = out.position();
    out.putShort((short) 0);
    switch (extension.type) {
      case SERVER_NAME -> {
        byte[] name = host.getBytes(StandardCharsets.US_ASCII);
        out.putShort((short) (name.length + 3)).put((byte) 0);
        out.putShort((short) name.length).put(name);
      }
      case SUPPORTED_GROUPS -> numbers(out, extension.body, 2, grease.group);
      case SUPPORTED_VERSIONS -> numbers(out, extension.body, 1, grease.version);
      case KEY_SHARE -> shares(out, ByteBuffer.wrap(extension.body), grease);
      case ENCRYPTED_HELLO -> encryptedHello(out, extension.body, random);
      default -> out.put(extension.body);
    }
    out.putShort(lengthAt, (short) (out.position() - lengthAt - 2));
  }

  private static void numbers(ByteBuffer out, byte[] body, int from, int grease) {
    out.put(body, 0, from);
    ByteBuffer in = ByteBuffer.wrap(body).position(from);
    while (in.hasRemaining()) {
      int number = in.getShort() & 0xffff;
      out.putShort((short) (HelloKind.isGrease(number) ? grease : number));
    }
  }

  private static void shares(ByteBuffer out, ByteBuffer in, Grease grease) {
    out.putShort(in.getShort());
    while (in.hasRemaining()) {
      int group = in.getShort() & 0xffff;
      byte[] share = new byte[in.getShort() & 0xffff];
      in.get(share);
      boolean isGrease = HelloKind.isGrease(group);
      byte[] fresh = isGrease ? share : FreshShares.of(group);
      out.putShort((short) (isGrease ? grease.group : group));
      out.putShort((short) fresh.length).put(fresh);
    }
  }

  /** For the server to fail at: id, key and ciphertext new, of the same lengths. */
  private static void encryptedHello(ByteBuffer out, byte[] body, Random random) {
    byte[] fresh = body.clone();
    fresh[ECH_HEADER - 1] = bytes(1, random)[0];
    byte[] key = FreshShares.of(ClientHello.X25519);
    System.arraycopy(key, 0, fresh, ECH_HEADER + 2, key.length);
    int sealedAt = ECH_HEADER + 2 + key.length + 2;
    byte[] sealed = bytes(fresh.length - sealedAt, random);
    System.arraycopy(sealed, 0, fresh, sealedAt, sealed.length);
    out.put(fresh);
  }

  private void pad(ByteBuffer out) {
    if (paddedTo > 0) {
      int length = Math.max(0, paddedTo - out.position() - 4);
      out.putShort((short) PADDING).putShort((short) length).put(new byte[length]);
    }
  }

  private static byte[] bytes(int length, Random random) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** One hello's GREASE values. */
  private static final class Grease {
    final int suite;
    final int group;
    final int version;
    private int extension;

    Grease(Random random) {
      suite = value(random.nextInt(16));
      group = value(random.nextInt(16));
      version = value(random.nextInt(16));
      extension = value(random.nextInt(16));
    }

    /** Never the same twice, for no extension may stand twice in a hello. */
    int nextExtension() {
      int now = extension;
      extension = value((now >> 12) + 5);
      return now;
    }

    private static int value(int number) {
      return 0x0a0a + 0x1010 * (number & 15);
    }
  }
}
