package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.NamedSecret;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Goes through a table's pairs, as {@link Sweep} does, and counts those of clients that a judge
 * would cut. Of those that come and go meanwhile some may be missing.
 */
final class Census implements Runnable {
  /** Pairs that are looked at, at one turn: 0.1 ms. */
  private static final int LOOKS_A_TURN = 1024;

  private final List<Pair> pairs;
  private final Standing.Judge judge;
  private final EventLoop loop;
  private final CompletableFuture<Map<String, Integer>> counted;
  private final Map<String, Integer> bySecret = new HashMap<>();

  /** Pairs before this place are to be looked at. */
  private int end;

  Census(
      List<Pair> pairs,
      Standing.Judge judge,
      EventLoop loop,
      CompletableFuture<Map<String, Integer>> counted) {
    this.pairs = pairs;
    this.judge = judge;
    this.loop = loop;
    this.counted = counted;
    this.end = pairs.size();
  }

  @Override
  public void run() {
    end = Math.min(end, pairs.size());
    int looksEnd = Math.max(0, end - LOOKS_A_TURN);
    while (end > looksEnd) {
      look(pairs.get(--end));
    }
    if (end > 0) {
      loop.schedule(this, 0, TimeUnit.NANOSECONDS); // sockets come between, as in a sweep
    } else {
      counted.complete(bySecret);
    }
  }

  private void look(Pair pair) {
    NamedSecret secret = pair.secret();
    if (secret != null && pair.standing(secret, judge) != Standing.SERVED) {
      bySecret.merge(secret.name(), 1, Integer::sum);
    }
  }
}
