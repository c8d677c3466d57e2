package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Children;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The fleet's nodes, ten in a process. */
final class Followers implements AutoCloseable {
  private static final int OF_A_PROCESS = 10;

  private final int count;
  private final Arrivals arrivals = new Arrivals();
  private final List<NodeGroup> groups = new ArrayList<>();

  private Followers(int count) {
    this.count = count;
  }

  /** Has them join, and waits until each runs the present state. */
  static Followers start(Children children, BenchControl control, int count) throws IOException {
    Followers all = new Followers(count);
    try {
      for (int i = 0; i < count; i += OF_A_PROCESS) {
        List<String> tokens = new ArrayList<>();
        for (int node = i; node < Math.min(i + OF_A_PROCESS, count); node++) {
          tokens.add(control.token("bench" + node));
        }
        all.groups.add(NodeGroup.start(children, tokens, all.arrivals));
      }
      return all;
    } catch (IOException e) {
      all.close();
      throw e;
    }
  }

  int count() {
    return count;
  }

  /** Hear what they run. */
  Arrivals arrivals() {
    return arrivals;
  }

  /** From now on they report what clients move, too, and the control's work goes first. */
  void haveClients() throws IOException, InterruptedException {
    for (NodeGroup group : groups) {
      group.haveClients();
    }
  }

  @Override
  public void close() {
    groups.forEach(NodeGroup::close);
  }
}
