package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;

/**
 * What the present phase does with a leg. Called on the leg's event loop; the last call is {@link
 * #gone}, and comes exactly once unless the leg was closed from here.
 */
public interface LegHandler {
  /** Between two phases, and after the last: bytes are not wanted, the end needs nobody. */
  LegHandler NOBODY =
      new LegHandler() {
        @Override
        public void received(ByteBuf bytes) {
          bytes.release();
        }

        @Override
        public void ended() {}

        @Override
        public void drained() {}

        @Override
        public void gone() {}
      };

  /** Bytes that a {@link Leg#read} asked for; the receiver owns the buffer. */
  void received(ByteBuf bytes);

  /**
   * Bytes may have come to a leg that leaves them in the kernel, see {@link DescriptorLeg#raw}, or
   * a write failed and they are the last, see {@link ChannelLeg#pumped}.
   */
  default void readable() {}

  /** Bytes that wait in the process already for what this leg is a part of, whichever way. */
  default int alreadyWaiting() {
    return 0;
  }

  /** The far end half-closed: no more bytes come, some may still be sent. */
  void ended();

  /** All that was written has left the process. */
  void drained();

  /** The far end reset the connection, or it failed. Nothing can be sent or received. */
  void gone();
}
