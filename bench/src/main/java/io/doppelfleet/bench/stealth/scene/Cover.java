package io.doppelfleet.bench.stealth.scene;

/** What a node hides behind. */
public enum Cover {
  /** nginx on OpenSSL, HTTP/1.1 alone. */
  NGINX("nginx"),
  /** The same with HTTP/2. */
  NGINX_H2("nginx-h2"),
  /** Node.js, HTTP/2 and 1.1. */
  NODEJS("nodejs"),
  /** The site that is built into the node. */
  SITE("site");

  private final String label;

  Cover(String label) {
    this.label = label;
  }

  /** As it stands in tables and on the command line. */
  public String label() {
    return label;
  }

  /** Whether clients that offer h2 get it. */
  public boolean speaksH2() {
    return this != NGINX;
  }

  @Override
  public String toString() {
    return label;
  }
}
