package io.doppelfleet.proxy.relay;

import io.doppelfleet.proxy.transport.LoopCipher;

/**
 * What all uploads on an event loop share: room for one read, and a cipher for each side.
 *
 * @param bytes at least as long as the longest read
 * @param uploads decrypts what clients send
 * @param datacenters encrypts what data centres are sent
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, by one thread
public record Scratch(byte[] bytes, LoopCipher uploads, LoopCipher datacenters) {
  /** For an event loop whose reads are at most so long. */
  public static Scratch of(int longestRead) {
    return new Scratch(new byte[longestRead], new LoopCipher(), new LoopCipher());
  }
}
