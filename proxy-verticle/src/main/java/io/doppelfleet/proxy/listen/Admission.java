package io.doppelfleet.proxy.listen;

import io.doppelfleet.proxy.leg.Leg;
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

  /** A listener that stops accepting at the limit. */
  void guard(Channel listener) {
    if (listeners.add(listener)) {
      listener.closeFuture().addListener(closed -> listeners.remove(listener));
    }
  }

  /** A connection that was accepted; it counts until it is over. */
  public void admitted(Leg leg) {
    accepted.increment();
    changed(1);
    leg.onClose(this::left);
  }

  private void left() {
    changed(-1);
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
