package io.doppelfleet.bench.micro;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloReader;
import io.doppelfleet.standin.client.ClientKeys;
import io.doppelfleet.standin.client.Hellos;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** What clients' hellos look like. */
public enum HelloShape {
  /** 517 bytes, X25519 alone. */
  CLASSIC,
  /** TDLib's: about 1750 bytes, X25519MLKEM768. */
  HYBRID;

  private static final ClientKeys KEYS = ClientKeys.generate();

  /** The bytes of a new one. */
  ByteBuf bytes(Secret secret) {
    Hellos hellos = this == CLASSIC ? Hellos.classic(secret) : Hellos.hybrid(secret);
    return Unpooled.copiedBuffer(hellos.withKeys(KEYS).build().bytes());
  }

  /** A new one as the node reads it. */
  ClientHello parsed(Secret secret) {
    if (HelloReader.read(bytes(secret)) instanceof HelloReader.Reading.Whole whole) {
      return whole.hello();
    }
    throw new IllegalStateException("the node takes a right hello for none");
  }
}
