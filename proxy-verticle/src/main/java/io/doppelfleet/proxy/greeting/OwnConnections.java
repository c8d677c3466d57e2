package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloDigest;
import io.doppelfleet.proxy.leg.Leg;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections that this node opens to its own listener, to see whether it serves. Their secret
 * is of this process alone: it is in no state, in no link and on no disk, has no limits, and is
 * good only for who comes from a socket that this process has open to itself. Shared by all event
 * loops.
 */
public final class OwnConnections {
  /** Nobody asks for either: a state's secret of this name is another one. */
  private static final String NAME = "itself";

  private static final String HOST = "itself.invalid";

  private final LiveSecret secret;
  private final Set<SocketAddress> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger served = new AtomicInteger();

  /** With a secret that is new. */
  public OwnConnections(SecureRandom random) {
    byte[] key = new byte[Secret.KEY_LENGTH];
    random.nextBytes(key);
    secret = new LiveSecret(new NamedSecret(NAME, Secret.of(key, HOST)));
  }

  /** The key to come with, not a copy: for reading only. */
  public byte[] key() {
    return secret.key();
  }

  /** A socket with this address of ours is about to connect to a listener of ours. */
  public void begin(SocketAddress local) {
    open.add(local);
  }

  /** That socket is closed. */
  public void end(SocketAddress local) {
    open.remove(local);
  }

  /** Whether who comes from there is this node itself. */
  public boolean has(SocketAddress from) {
    return open.contains(from);
  }

  /** Whether it is theirs. */
  public boolean owns(LiveSecret other) {
    return secret == other;
  }

  /** The secret, for the pair. */
  LiveSecret secret() {
    return secret;
  }

  /** Whether one of them sent this hello. Costs nothing for who comes from elsewhere. */
  boolean sent(ClientHello hello, SocketAddress from) {
    if (!has(from)) {
      return false;
    }
    HelloDigest digest = new HelloDigest();
    digest.message(hello.signedBytes());
    return digest.matches(secret.key(), hello);
  }

  /** One of them is served from now on, until its leg is closed. */
  public void serve(Leg near) {
    if (!near.closed()) {
      served.incrementAndGet();
      near.onClose(served::decrementAndGet);
    }
  }

  /** How many of them are served: none of these is anybody's. */
  public int served() {
    return served.get();
  }
}
