package io.doppelfleet.bench.stealth.scene;

import java.net.InetSocketAddress;

/** A web site that runs, as a stranger finds it. */
public interface Site extends AutoCloseable {
  /** The name in the certificate, and in the secrets of nodes that hide behind it. */
  String HOST = "www.example.org";

  /** Where it listens. */
  InetSocketAddress address();

  /** What a node's configuration says under {@code proxy.cover}. */
  default String cover() {
    return "{host: \"%s\", port: %d}"
        .formatted(address().getAddress().getHostAddress(), address().getPort());
  }

  @Override
  void close();
}
