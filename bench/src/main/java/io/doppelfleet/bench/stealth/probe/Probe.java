package io.doppelfleet.bench.stealth.probe;

import io.doppelfleet.bench.stealth.wire.TlsTalk;
import io.doppelfleet.bench.stealth.wire.Wire;
import java.io.IOException;
import java.time.Duration;

/**
 * A class of probes.
 *
 * @param name in a few words, unique
 * @param waits whether it waits for time-outs of a minute and more
 * @param script what the prober does
 */
record Probe(String name, boolean waits, Script script) {
  /** Longer than any server takes for an answer, shorter than its patience. */
  static final Duration ANSWER = Duration.ofSeconds(5);

  /**
   * For what comes at once, or not at all. A virtual machine or a scheduler holds an answer up for
   * a fifth of that now and then, which is no difference.
   */
  static final Duration SOON = Duration.ofSeconds(1);

  /** What comes unasked has come by then, mostly: nothing is judged by it. */
  static final Duration QUIET = Duration.ofMillis(150);

  /** What the prober does on a connection that was just opened. */
  @FunctionalInterface
  interface Script {
    void run(Wire wire, Setting at) throws IOException, InterruptedException;
  }

  /** The same inside TLS. */
  @FunctionalInterface
  interface TlsScript {
    void run(TlsTalk talk, Wire wire) throws IOException, InterruptedException;
  }

  /** One without TLS, or with a hello alone. */
  static Probe raw(String name, Script script) {
    return new Probe(name, false, script);
  }

  /** One that shakes hands first. */
  static Probe tls(String name, TlsScript script) {
    return raw(name, inTls(script));
  }

  /** One that waits for the server to give up. */
  static Probe wait(String name, Script script) {
    return new Probe(name, true, script);
  }

  /** Shakes hands, then does the rest. */
  static Script inTls(TlsScript script) {
    return (wire, at) -> {
      TlsTalk talk = new TlsTalk(wire);
      at.inside(talk);
      talk.handshake();
      script.run(talk, wire);
    };
  }
}
