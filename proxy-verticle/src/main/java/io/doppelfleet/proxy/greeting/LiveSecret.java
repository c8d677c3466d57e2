package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.NamedSecret;

/** One key of the present state's secrets, at hand. */
public final class LiveSecret {
  private final NamedSecret named;
  private final byte[] key;

  LiveSecret(NamedSecret named) {
    this.named = named;
    this.key = named.secret().key();
  }

  /** As the operator calls it. */
  public String name() {
    return named.name();
  }

  /** The 16 key bytes, not a copy: for reading only. */
  public byte[] key() {
    return key;
  }

  /** The secret itself. */
  public NamedSecret named() {
    return named;
  }
}
