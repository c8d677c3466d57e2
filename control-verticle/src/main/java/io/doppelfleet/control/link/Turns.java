package io.doppelfleet.control.link;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A few at a time do what takes memory; the others wait in the order in which they came. */
final class Turns<T> {
  private final int most;
  private final Set<T> having = new HashSet<>();
  private final Map<T, Runnable> waiting = new LinkedHashMap<>();

  Turns(int most) {
    this.most = most;
  }

  /**
   * Begins when its turn has come, which {@link #end} ends; it neither has one nor waits for one.
   */
  void take(T who, Runnable begin) {
    if (having.size() < most) {
      having.add(who);
      begin.run();
    } else {
      waiting.put(who, begin);
    }
  }

  /** Whether it has one or not, it wants none any more. */
  void end(T who) {
    waiting.remove(who);
    if (having.remove(who) && !waiting.isEmpty()) {
      Iterator<Map.Entry<T, Runnable>> first = waiting.entrySet().iterator();
      Map.Entry<T, Runnable> next = first.next();
      first.remove();
      take(next.getKey(), next.getValue());
    }
  }
}
