package io.doppelfleet.bench.measure;

import io.doppelfleet.bench.client.Hellos;
import io.doppelfleet.bench.load.Crowd;
import io.doppelfleet.bench.load.Echo;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Many connections, held at once: what memory each costs, and whether all go on answering. */
final class Held {
  /** What malloc and the heap give back, they give back within this. */
  private static final Duration SETTLE = Duration.ofSeconds(2);

  private final int count;
  private final LoadedNode loaded;
  private final Results results;

  Held(int count, LoadedNode loaded, Results results) {
    this.count = count;
    this.loaded = loaded;
    this.results = results;
  }

  void measure() throws IOException, InterruptedException, TimeoutException {
    Crowd crowd = loaded.crowd(Hellos::hybrid);
    crowd.close(crowd.open(1));
    long base = settledBytes();
    List<Echo> echoes = crowd.open(count);
    crowd.exchange(echoes);
    long held = loaded.node().costs().residentBytes();
    long settled = settledBytes();
    crowd.exchange(echoes);
    crowd.close(echoes);
    long after = settledBytes();
    String group = count + " connections held";
    results.add(group, "resident before", "MB", base / 1e6);
    results.add(group, "resident a pair", "KB", (held - base) / 1e3 / count);
    results.add(group, "resident a pair, garbage collected", "KB", (settled - base) / 1e3 / count);
    results.add(group, "resident after all are closed", "MB", after / 1e6);
  }

  private long settledBytes() throws IOException, InterruptedException {
    loaded.node().collectGarbage();
    Thread.sleep(SETTLE);
    return loaded.node().costs().residentBytes();
  }
}
