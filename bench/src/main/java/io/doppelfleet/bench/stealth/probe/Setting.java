package io.doppelfleet.bench.stealth.probe;

import io.doppelfleet.bench.stealth.wire.TlsTalk;
import io.doppelfleet.bench.stealth.wire.Wire;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.ClientKeys;
import io.doppelfleet.standin.client.Hellos;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What a script may use; one for each run of it. All bytes of chance are those of the trial. */
final class Setting {
  private static final ClientKeys KEYS = ClientKeys.generate();

  private final Secret secret;
  private final InetSocketAddress node;
  private final SplittableRandom random;
  private @Nullable TlsTalk talk;

  /**
   * For a run.
   *
   * @param secret of the clients whose hellos are spoilt, whoever is probed
   * @param node that knows it
   * @param seed of the trial: what the cover is told, the node is told too
   */
  Setting(Secret secret, InetSocketAddress node, long seed) {
    this.secret = secret;
    this.node = node;
    this.random = new SplittableRandom(seed);
  }

  /** As a desktop client's. */
  Hellos classic() {
    return Hellos.classic(secret).withKeys(KEYS).withRandom(random);
  }

  /** As a phone's. */
  Hellos hybrid() {
    return Hellos.hybrid(secret).withKeys(KEYS).withRandom(random);
  }

  /** A hello that the node has answered already, whoever is probed now. */
  byte[] used() throws IOException {
    byte[] hello = hybrid().withRandom(new SplittableRandom()).build().bytes();
    try (Wire client = Wire.connect(node)) {
      client.send(hello);
      client.read(Probe.ANSWER);
    }
    return hello;
  }

  /** Bytes of chance. */
  byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** From now on what this client decrypts is seen. */
  void inside(TlsTalk talk) {
    this.talk = talk;
  }

  byte[] plain() {
    TlsTalk open = talk;
    return open == null ? new byte[0] : open.plain();
  }
}
