package io.doppelfleet.proxy.welcome;

import static io.doppelfleet.proxy.record.Records.APPLICATION_DATA;
import static io.doppelfleet.proxy.record.Records.CHANGE_CIPHER_SPEC;
import static io.doppelfleet.proxy.record.Records.HANDSHAKE;

import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.greeting.Greeter;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloDigest;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's flight: a legal TLS 1.3 ServerHello (<a
 * href="https://www.rfc-editor.org/rfc/rfc8446#section-4.1.3">RFC 8446, 4.1.3</a>), a
 * change_cipher_spec, and one record that stands for what a server encrypts. Suite, group, order
 * and length are those that the cover answers such a hello with, as far as its profile tells and
 * the hello and the clients allow. One for each event loop.
 */
public final class Welcome implements Greeter.Flights {
  private static final int RANDOM_AT = 11;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int KEY_SHARE = 51;

  /**
   * Where the cover was not asked yet, what the encrypted part of a server's flight comes to: a
   * certificate chain of a public authority with an ECDSA key, its signature, EncryptedExtensions
   * and Finished.
   */
  private static final int SHORTEST_SEALED = 2_300;

  private static final int SEALED_SPREAD = 900;

  /** Telegram's client for iOS hangs on a longer record before its first data. */
  static final int LONGEST_SEALED = 10_240;

  private final KeyShares shares;
  private final SecureRandom random;
  private final SealedBytes sealed;
  private final Doppel doppel;
  private final HelloDigest digest = new HelloDigest();

  /**
   * For an event loop.
   *
   * @param random the source of all random bytes
   * @param doppel knows how the cover answers
   */
  public Welcome(SecureRandom random, Doppel doppel) {
    this.random = random;
    this.shares = new KeyShares(random);
    this.sealed = new SealedBytes(random, LONGEST_SEALED);
    this.doppel = doppel;
  }

  @Override
  public boolean canAnswer(ClientHello hello) {
    return hello.offersTls13() && suite(hello, null) != 0 && KeyShares.choose(hello) != 0;
  }

  @Override
  public int dialMicros() {
    List<Integer> seen = doppel.profile().dialMicros();
    return seen.isEmpty() ? 0 : drawn(seen);
  }

  @Override
  public Greeter.@Nullable Flight flight(ClientHello hello, byte[] key) {
    FlightModel model = model(hello);
    int group = group(hello, model);
    byte[] share = shares.answer(hello, group);
    if (share == null) {
      return null;
    }
    // Length and time of one and the same answer: many of ours are spread as the cover's are. Where
    // strangers of late show the time better, theirs counts.
    FlightModel.Answer answer = model == null ? null : drawn(model.answers());
    int sealedLength =
        answer == null
            ? SHORTEST_SEALED + random.nextInt(SEALED_SPREAD)
            : Math.clamp(answer.joined(), 1, LONGEST_SEALED);
    byte[] session = hello.sessionId();
    int extensions = 2 + 2 + 2 + 2 + 2 + 2 + 2 + share.length;
    int body = 2 + 32 + 1 + session.length + 2 + 1 + 2 + extensions;
    ByteBuffer out = ByteBuffer.allocate(5 + 4 + body + 6 + 5 + sealedLength);
    out.put((byte) HANDSHAKE).putShort((short) 0x0303).putShort((short) (4 + body));
    out.putInt(2 << 24 | body); // server_hello
    out.putShort((short) 0x0303).put(new byte[32]);
    out.put((byte) session.length).put(session);
    out.putShort((short) suite(hello, model)).put((byte) 0);
    out.putShort((short) extensions);
    if (model != null && model.keyShareFirst()) {
      putVersion(putShare(out, group, share));
    } else {
      putShare(putVersion(out), group, share);
    }
    out.put((byte) CHANGE_CIPHER_SPEC).putShort((short) 0x0303).putShort((short) 1).put((byte) 1);
    out.put((byte) APPLICATION_DATA).putShort((short) 0x0303);
    out.putShort((short) sealedLength);
    byte[] flight = out.array();
    sealed.put(flight, out.position(), sealedLength);
    digest.message(hello.random(), flight);
    System.arraycopy(digest.under(key), 0, flight, RANDOM_AT, HelloDigest.LENGTH);
    return new Greeter.Flight(flight, answer == null ? 0 : answer.delayMicros());
  }

  private @Nullable FlightModel model(ClientHello hello) {
    Profile profile = doppel.profile();
    return profile.flights().isEmpty()
        ? null
        : profile.flight(
            hello.serverName(), hello.kind(), hello.shareLength(ClientHello.X25519_MLKEM768) >= 0);
  }

  private <T> T drawn(List<T> seen) {
    return seen.get(random.nextInt(seen.size()));
  }

  /** The cover's suite where the client offers it, else the client's first of TLS 1.3, or 0. */
  private static int suite(ClientHello hello, @Nullable FlightModel model) {
    int first = 0;
    for (int suite : hello.suites()) {
      if (suite >= 0x1301 && suite <= 0x1303) {
        if (model == null || suite == model.suite()) {
          return suite;
        }
        first = first == 0 ? suite : first;
      }
    }
    return first;
  }

  /**
   * The cover's group, or our choice where the cover asks for another hello (HelloRetryRequest): no
   * client of ours would send that.
   */
  private static int group(ClientHello hello, @Nullable FlightModel model) {
    return model != null && KeyShares.canAnswer(hello, model.group())
        ? model.group()
        : KeyShares.choose(hello);
  }

  private static ByteBuffer putVersion(ByteBuffer out) {
    return out.putShort((short) SUPPORTED_VERSIONS).putShort((short) 2).putShort((short) 0x0304);
  }

  private static ByteBuffer putShare(ByteBuffer out, int group, byte[] share) {
    out.putShort((short) KEY_SHARE).putShort((short) (4 + share.length));
    return out.putShort((short) group).putShort((short) share.length).put(share);
  }
}
