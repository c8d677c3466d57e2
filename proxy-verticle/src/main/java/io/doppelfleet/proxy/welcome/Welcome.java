package io.doppelfleet.proxy.welcome;

import static io.doppelfleet.proxy.record.Records.APPLICATION_DATA;
import static io.doppelfleet.proxy.record.Records.CHANGE_CIPHER_SPEC;
import static io.doppelfleet.proxy.record.Records.HANDSHAKE;

import io.doppelfleet.proxy.greeting.Greeter;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloDigest;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The server's flight: a legal TLS 1.3 ServerHello (<a
 * href="https://www.rfc-editor.org/rfc/rfc8446#section-4.1.3">RFC 8446, 4.1.3</a>), a
 * change_cipher_spec, and one record that stands for what a server encrypts. One for each event
 * loop.
 */
public final class Welcome implements Greeter.Flights {
  private static final int RANDOM_AT = 11;

  /**
   * What the encrypted part of a server's flight comes to: a certificate chain of a public
   * authority with an ECDSA key, its signature, EncryptedExtensions and Finished. Clients take up
   * to 10240.
   */
  private static final int SHORTEST_SEALED = 2_300;

  private static final int SEALED_SPREAD = 900;

  private final KeyShares shares;
  private final SecureRandom random;
  private final SealedBytes sealed;
  private final HelloDigest digest = new HelloDigest();

  /** With the source of all random bytes. */
  public Welcome(SecureRandom random) {
    this.random = random;
    this.shares = new KeyShares(random);
    this.sealed = new SealedBytes(random);
  }

  @Override
  public boolean canAnswer(ClientHello hello) {
    return hello.offersTls13() && suite(hello) != 0 && shares.choose(hello) != 0;
  }

  /**
   * The flight, to be sent in one write.
   *
   * @param key of the secret, whose digest replaces the ServerHello's random
   * @return null where the client's key share turns out to be none
   */
  @Override
  public byte @Nullable [] flight(ClientHello hello, byte[] key) {
    int group = shares.choose(hello);
    byte[] share = shares.answer(hello, group);
    if (share == null) {
      return null;
    }
    byte[] session = hello.sessionId();
    int extensions = 2 + 2 + 2 + 2 + 2 + 2 + 2 + share.length;
    int body = 2 + 32 + 1 + session.length + 2 + 1 + 2 + extensions;
    int sealedLength = SHORTEST_SEALED + random.nextInt(SEALED_SPREAD);
    ByteBuffer out = ByteBuffer.allocate(5 + 4 + body + 6 + 5 + sealedLength);
    out.put((byte) HANDSHAKE).putShort((short) 0x0303).putShort((short) (4 + body));
    out.putInt(2 << 24 | body); // server_hello
    out.putShort((short) 0x0303).put(new byte[32]);
    out.put((byte) session.length).put(session);
    out.putShort((short) suite(hello)).put((byte) 0);
    out.putShort((short) extensions);
    out.putShort((short) 43).putShort((short) 2).putShort((short) 0x0304); // supported_versions
    out.putShort((short) 51).putShort((short) (4 + share.length)); // key_share
    out.putShort((short) group).putShort((short) share.length).put(share);
    out.put((byte) CHANGE_CIPHER_SPEC).putShort((short) 0x0303).putShort((short) 1).put((byte) 1);
    out.put((byte) APPLICATION_DATA).putShort((short) 0x0303);
    out.putShort((short) sealedLength);
    byte[] flight = out.array();
    sealed.seal(flight, out.position(), sealedLength);
    digest.message(hello.random(), flight);
    System.arraycopy(digest.under(key), 0, flight, RANDOM_AT, HelloDigest.LENGTH);
    return flight;
  }

  /** The first suite of TLS 1.3 that the client offers, or 0. */
  private static int suite(ClientHello hello) {
    for (int suite : hello.suites()) {
      if (suite >= 0x1301 && suite <= 0x1303) {
        return suite;
      }
    }
    return 0;
  }
}
