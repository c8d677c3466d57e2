package io.doppelfleet.bench.micro;

/** What the benchmarks have in common. */
final class Micro {
  /** The node's virtual machine collects serially. */
  static final String FLAG = "-XX:+UseSerialGC";

  /** Of all secrets here. */
  static final String HOST = "www.example.org";

  private Micro() {}
}
