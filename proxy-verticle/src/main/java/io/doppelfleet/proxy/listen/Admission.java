package io.doppelfleet.proxy.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.util.AttributeKey;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * Bounds the connections of the process: at the limit nothing is accepted, and who comes waits in
 * the kernel's backlog until somebody leaves. So it is while {@link Pressure} says it. Shared by
 * all event loops.
 *
 * <p>Nor is anything accepted while a handful of connections is on its way to the event loops: all
 * that have come to one are begun in one of its turns, and who is served would wait for them.
 *
 * <p>Connections are counted by the thread that accepts them, one accept at a time: when their
 * event loop comes to see them, a thousand may have been accepted that no limit has stopped. Vert.x
 * shows its listening channel with the first connection only, so the very first are counted on
 * their loop.
 */
public final class Admission {
  private static final AttributeKey<Boolean> COUNTED =
      AttributeKey.valueOf(Admission.class, "counted");

  /**
   * Times the number of event loops, to which they are dealt out in turn; a slow loop may have more
   * of them. 120 in one turn, each with its dial to the cover, were 8 ms of it when a dial was a
   * channel; as a descriptor it takes less.
   */
  private static final int COMING = 2;

  private final int limit;
  private final int mostComing;
  private final Predicate<SocketAddress> own;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger coming = new AtomicInteger();
  private final LongAdder accepted = new LongAdder();
  private final LongAdder held = new LongAdder();
  private final Set<Channel> listeners = ConcurrentHashMap.newKeySet();
  private volatile boolean paused;

  /** Since as many were on their way as may be, until half of them have arrived. */
  private volatile boolean crowded;

  /**
   * For connections of clients and strangers.
   *
   * @param limit the most at once
   * @param loops that they are dealt out to in turn
   * @param own whether a connection from there is the process's own, which is open as others are
   *     but isn't counted as one that came; asked on any thread
   */
  public Admission(int limit, int loops, Predicate<SocketAddress> own) {
    this.limit = limit;
    this.mostComing = COMING * loops;
    this.own = own;
  }

  /** A connection has come to its event loop. */
  void arrived(Channel channel) {
    if (channel.attr(COUNTED).getAndSet(null) == null) {
      entered(channel);
      watch(channel.parent());
    }
    // Not execute(): Netty does all tasks, those too that come meanwhile, before it looks at its
    // sockets again; what is scheduled it takes up once a turn.
    channel.eventLoop().schedule(this::settled, 0, TimeUnit.NANOSECONDS);
  }

  /** Where its loop couldn't take it, or has; the first alone is of concern. */
  private void neverArrived(Channel channel) {
    if (channel.attr(COUNTED).getAndSet(null) != null) {
      left();
      settled();
    }
  }

  private void settled() {
    if (coming.decrementAndGet() <= mostComing / 2 && crowded) {
      crowded = false;
      switchListeners();
    }
  }

  private void watch(Channel listener) {
    if (listeners.add(listener)) {
      listener.closeFuture().addListener(closed -> listeners.remove(listener));
      listener
          .eventLoop()
          .execute(
              () -> {
                listener.pipeline().addFirst(new Gate());
                switchOne(listener);
              });
    }
  }

  private void entered(Channel channel) {
    SocketAddress from = channel.remoteAddress();
    if (from == null || !own.test(from)) { // null: reset before it was accepted
      accepted.increment();
    }
    if (coming.incrementAndGet() >= mostComing) {
      crowded = true;
      if (coming.get() <= mostComing / 2) { // they were quicker, and didn't see it
        crowded = false;
      }
      switchListeners();
    }
    int now = open.incrementAndGet();
    if (now >= limit) {
      if (now == limit) {
        held.increment();
      }
      switchListeners();
    }
  }

  /** A connection that came is over, and its descriptors are free. */
  public void left() {
    if (open.getAndDecrement() == limit) {
      switchListeners();
    }
  }

  /** Nothing is accepted, or again as far as the limit lets: for other reasons than that. */
  void pause(boolean pause) {
    paused = pause;
    if (pause) {
      held.increment();
    }
    switchListeners();
  }

  /** Each on its own thread, where the count is read anew: so no older count is the last word. */
  private void switchListeners() {
    for (Channel listener : listeners) {
      if (listener.eventLoop().inEventLoop()) {
        switchOne(listener);
      } else {
        listener.eventLoop().execute(() -> switchOne(listener));
      }
    }
  }

  private void switchOne(Channel listener) {
    listener.config().setAutoRead(open.get() < limit && !paused && !crowded);
  }

  /** Connections of clients and strangers now. */
  public int open() {
    return open.get();
  }

  /** The most of them. */
  public int limit() {
    return limit;
  }

  /** Connections since the start, but our own. */
  public long accepted() {
    return accepted.sum();
  }

  /** How often accepting paused. */
  public long held() {
    return held.sum();
  }

  /** Stands before all else in a listening channel's pipeline. */
  private final class Gate extends ChannelInboundHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      MaxMessagesRecvByteBufAllocator accepts =
          (MaxMessagesRecvByteBufAllocator) context.channel().config().getRecvByteBufAllocator();
      accepts.maxMessagesPerRead(1); // 16 by default, which NIO channels accept before they tell
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
      Channel channel = (Channel) accepted;
      channel.attr(COUNTED).set(true);
      entered(channel);
      channel.closeFuture().addListener(closed -> neverArrived(channel));
      context.fireChannelRead(accepted);
    }
  }
}
