package io.doppelfleet.proxy.relay;

import io.doppelfleet.proxy.doppel.Shaper;
import io.doppelfleet.proxy.leg.Buffers;
import io.doppelfleet.proxy.leg.HeapRoom;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.record.Records;
import io.doppelfleet.proxy.transport.LoopCiphers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.random.RandomGenerator;

/**
 * What all pairs of an event loop share: room for one chunk, ciphers, and what says how and when
 * bytes leave.
 */
public final class Scratch {
  /** A read, of whichever kind of leg. */
  private static final int MOST_PLAIN = Legs.CHUNK + 32 * 1024;

  /** Of all records of a plan, and of the one under way. */
  private static final int MOST_HEADERS = (Shaper.MOST_RECORDS + 1) * Records.HEADER_LENGTH;

  private final LoopCiphers ciphers = new LoopCiphers();
  private final ByteBuf chunk =
      Buffers.ofLoop(Records.HEADER_LENGTH + Legs.CHUNK + Shaper.MOST_KEPT);
  private final HeapRoom uploaded = new HeapRoom(Legs.CHUNK);
  private final ByteBuf uploadedBytes = Unpooled.wrappedBuffer(uploaded.bytes());
  private final byte[] plain = new byte[MOST_PLAIN];
  private final HeapRoom sealed = new HeapRoom(MOST_PLAIN);
  private final ByteBuf headers = Buffers.ofLoop(MOST_HEADERS);
  private final RandomGenerator random;
  private final Shaper shaper;
  private final Wheel wheel = new Wheel();

  /**
   * With what chance and the cover decide.
   *
   * @param random the source of what looks encrypted
   * @param shaper says in what records bytes leave for clients
   */
  public Scratch(RandomGenerator random, Shaper shaper) {
    this.random = random;
    this.shaper = shaper;
  }

  /** Decrypt what clients send, and encrypt what data centres are sent. */
  public LoopCiphers ciphers() {
    return ciphers;
  }

  /** Room for what comes and is passed on as it is, behind room for a record's header. */
  ByteBuf chunk() {
    return chunk.setIndex(Records.HEADER_LENGTH, Records.HEADER_LENGTH);
  }

  /** Whether a header may be written before what is left of these bytes. */
  boolean hasHeadroom(ByteBuf bytes) {
    return bytes.hasMemoryAddress() && bytes.memoryAddress() == chunk.memoryAddress();
  }

  /** What a client has sent, record by record. */
  HeapRoom uploaded() {
    return uploaded;
  }

  /** The same, so many bytes of it. */
  ByteBuf uploaded(int count) {
    return uploadedBytes.setIndex(0, count);
  }

  /** Bytes of one client, without their records and out of its key stream. */
  byte[] plain() {
    return plain;
  }

  /** The same in the data centre's key stream. */
  HeapRoom sealed() {
    return sealed;
  }

  /** The record headers of one chunk. */
  ByteBuf headers() {
    return headers;
  }

  RandomGenerator random() {
    return random;
  }

  /** Says in what records bytes leave for clients. */
  Shaper shaper() {
    return shaper;
  }

  /** Wakes the pairs whose bytes wait for more. */
  Wheel wheel() {
    return wheel;
  }
}
