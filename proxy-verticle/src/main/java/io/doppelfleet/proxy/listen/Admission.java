package io.doppelfleet.proxy.listen;

import io.netty.channel.Channel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds the connections of the process: at the limit nothing is accepted, and who comes waits in
 * the kernel's backlog until somebody leaves. Shared by all event loops.
 */
public final class Admission {
  private final int limit;
  private volatile int open;
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
    changed(1);
    channel.closeFuture().addListener(closed -> changed(-1));
  }

  /** Counts and switches in one step, so that the switch can't be the one of an older count. */
  private synchronized void changed(int by) {
    boolean accepted = open < limit;
    open += by;
    boolean accept = open < limit;
    if (accept != accepted) {
      held.add(accept ? 0 : 1);
      for (Channel listener : listeners) {
        listener.config().setAutoRead(accept);
      }
    }
  }

  /** Connections of clients and strangers now. */
  public int open() {
    return open;
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
