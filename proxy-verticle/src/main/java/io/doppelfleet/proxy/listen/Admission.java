package io.doppelfleet.proxy.listen;

import io.netty.channel.Channel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds the connections of the process: at the limit nothing is accepted, and who comes waits in
 * the kernel's backlog until somebody leaves. Shared by all event loops.
 */
public final class Admission {
  private final int limit;
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder accepted = new LongAdder();
  private final LongAdder held = new LongAdder();
  private final Set<Channel> listeners = ConcurrentHashMap.newKeySet();

  /** With the most connections of clients and strangers at once. */
  public Admission(int limit) {
    this.limit = limit;
  }

  void admitted(Channel channel) {
    accepted.increment();
    Channel listener = channel.parent();
    if (listeners.add(listener)) {
      listener.closeFuture().addListener(closed -> listeners.remove(listener));
    }
    if (open.incrementAndGet() >= limit) {
      held.increment();
      accept(false);
    }
    channel.closeFuture().addListener(closed -> left());
  }

  private void left() {
    if (open.decrementAndGet() == limit - 1) {
      accept(true);
    }
  }

  private void accept(boolean yes) {
    for (Channel listener : listeners) {
      listener.config().setAutoRead(yes);
    }
  }

  /** Connections of clients and strangers now. */
  public int open() {
    return open.get();
  }

  /** Connections since the start. */
  public long accepted() {
    return accepted.sum();
  }

  /** How often the limit was reached. */
  public long held() {
    return held.sum();
  }
}
