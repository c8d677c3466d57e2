package io.doppelfleet.standin.client;

/** Key exchange groups of which FakeTLS clients send shares. */
public enum Group {
  /** RFC 7748. */
  X25519(0x001d, 32, 32),
  /** draft-ietf-tls-ecdhe-mlkem: ML-KEM-768 first, then X25519. */
  X25519MLKEM768(0x11ec, 1184 + 32, 1088 + 32);

  private final int code;
  private final int clientLength;
  private final int serverLength;

  Group(int code, int clientLength, int serverLength) {
    this.code = code;
    this.clientLength = clientLength;
    this.serverLength = serverLength;
  }

  /** As in the TLS registry. */
  public int code() {
    return code;
  }

  /** Bytes of a client's share. */
  public int clientLength() {
    return clientLength;
  }

  /** Bytes of a server's share. */
  public int serverLength() {
    return serverLength;
  }
}
