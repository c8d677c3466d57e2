package io.doppelfleet.bench.micro;

import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.transport.LoopCiphers;
import io.doppelfleet.proxy.transport.UploadPosition;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** A client's upload at its beginning, as the relay holds it. */
final class Upload extends UploadPosition {
  private static final byte[] SECRET = new byte[16];

  private Upload(io.doppelfleet.proxy.transport.Obfuscated2 opened) {
    super(new RecordReader(true), opened);
  }

  /** A new client's. */
  static Upload begin(RandomGenerator random, LoopCiphers ciphers) {
    byte[] header = Obfuscated2.open(SECRET, Obfuscated2.PADDED_INTERMEDIATE, 2, random).header();
    return new Upload(
        Objects.requireNonNull(
            io.doppelfleet.proxy.transport.Obfuscated2.open(header, SECRET, ciphers)));
  }
}
