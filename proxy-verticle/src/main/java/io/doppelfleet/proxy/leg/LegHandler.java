package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;

/**
 * What the present phase does with a leg. Called on the leg's event loop; the last call is {@link
 * #gone}, and comes exactly once unless the leg was closed from here.
 */
public interface LegHandler {
  /** Bytes that a {@link Leg#read} asked for; the receiver owns the buffer. */
  void received(ByteBuf bytes);

  /** The far end half-closed: no more bytes come, some may still be sent. */
  void ended();

  /** All that was written has left the process. */
  void drained();

  /** The far end reset the connection, or it failed. Nothing can be sent or received. */
  void gone();
}
