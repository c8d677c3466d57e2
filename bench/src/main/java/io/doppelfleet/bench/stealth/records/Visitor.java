package io.doppelfleet.bench.stealth.records;

import io.doppelfleet.bench.stealth.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Somebody who asks for one thing after the other on one connection. */
interface Visitor extends AutoCloseable {
  /** Longer than any answer takes on one machine. */
  Duration AT_MOST = Duration.ofSeconds(20);

  /** An answer of which nothing more comes for so long is whole. */
  Duration PAUSE = Duration.ofMillis(3);

  /** Kinds of what is asked for. */
  enum Kind {
    /** Three long things, of 200 KB to 4 MB. */
    BULK(3),
    /** Twelve short ones, of 200 bytes to 16 KB. */
    CHAT(12);

    private final int requests;

    Kind(int requests) {
      this.requests = requests;
    }

    /** On one connection. */
    int requests() {
      return requests;
    }
  }

  /** Asks for the next thing, and takes the answer. */
  Response ask() throws IOException, InterruptedException;

  @Override
  void close() throws IOException;

  /**
   * Takes an answer, all in one way, whoever asks: a client that decrypts meanwhile would slow its
   * server down.
   *
   * @param least bytes that it has in any case
   * @param whole whether it is all there; asked when nothing more comes for a while
   */
  static Response take(Wire wire, int from, int least, BooleanSupplier whole) throws IOException {
    long asked = wire.acted();
    wire.readUntil(from + least, AT_MOST);
    wire.readUntilQuiet(PAUSE);
    while (!whole.getAsBoolean()) {
      if (wire.read(AT_MOST) <= 0) {
        throw new IOException("of an answer came " + (wire.receivedLength() - from) + " bytes");
      }
      wire.readUntilQuiet(PAUSE);
    }
    return Response.read(wire, from, asked);
  }

  /** The same of an answer whose payload is so many bytes in all. */
  static Response take(Wire wire, int from, int length) throws IOException {
    return take(
        wire, from, length, () -> Response.read(wire, from, wire.acted()).bytes() >= length);
  }
}
