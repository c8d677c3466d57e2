package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection. It reads when it is told to, once for each {@link #read}, and says when what
 * it was given has left the process; so whoever moves bytes between two legs reads from one only
 * while nothing waits for the other. All of it happens on one event loop.
 */
public sealed interface Leg permits ChannelLeg, DescriptorLeg {
  /** Hands the leg to the next phase. */
  void handTo(LegHandler next);

  /** Asks for one read; more than one at a time is one. */
  void read();

  /**
   * Queues the bytes and gives them away. {@link #flush} sends them, and has to be the next call.
   */
  void write(ByteBuf buffer);

  /** Sends what was written, as far as the kernel takes it; the rest waits and is accounted for. */
  void flush();

  /** Where to say, piece by piece, what {@link #send} is to send; of no use after that. */
  Outgoing pieces();

  /** Sends the {@link #pieces}, as {@link #write} and {@link #flush} do. */
  void send();

  /** Whether it is open, and nothing that was written still waits in the process. */
  boolean idle();

  /** Bytes that wait in the process to leave: the capacity of their buffers. */
  int waiting();

  /** Half-closes once what was written has left: the far end reads an end of stream. */
  void endWrites();

  /** Whether the far end half-closed and all of it was read. */
  boolean readEnded();

  /** Whether we half-closed and the end has left. */
  boolean writeEnded();

  /** Closes at once; what waits is dropped. */
  void close();

  /** Closes once what was written has left. */
  void closeAfterWrites();

  /** Closes with a reset (RST), as a connection ends that failed on its far side. */
  void reset();

  /** Runs once the connection is over, by whomever; several run in the order they were given. */
  void onClose(Runnable action);

  /**
   * Works for it while it is open: a fault of the work ends this leg, as one of its handler does.
   */
  void guard(Runnable work);

  /** Whether the connection failed, though bytes that came before may still be there. */
  boolean failed();

  /** Whether it is over. */
  boolean closed();

  /** The account of what waits in the event loop. */
  LoopBytes bytes();

  /** The event loop of all calls. */
  EventLoop loop();

  /** Our own address and port; null once it is over. */
  @Nullable InetSocketAddress localAddress();
}
