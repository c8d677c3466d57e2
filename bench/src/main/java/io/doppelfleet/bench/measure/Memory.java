package io.doppelfleet.bench.measure;

import io.doppelfleet.standin.load.Crowd;
import io.doppelfleet.standin.load.Echo;
import io.doppelfleet.standin.load.LoadClients;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Many connections, held at once: what memory each costs, whether all go on answering, and what is
 * left when they are gone. Nothing asks the process to collect its garbage before the last figure
 * of its resident memory is read.
 */
final class Memory {
  private static final String HELD = "memory and idle time";
  private static final String BURST = "after a burst";
  private static final int MESSAGES = 3;

  private final Plan plan;
  private final Subject subject;
  private final @Nullable Node node;
  private final Results results;

  /**
   * Of a process that has done nothing yet.
   *
   * @param node whose heap can be looked at; null for a foreign subject
   */
  Memory(Plan plan, Subject subject, @Nullable Node node, Results results) {
    this.plan = plan;
    this.subject = subject;
    this.node = node;
    this.results = results;
  }

  void measure() throws IOException, InterruptedException, ExecutionException, TimeoutException {
    new WarmUp(plan).of(subject);
    Thread.sleep(plan.settle().dividedBy(2));
    long base = resident();
    add(HELD, "resident, warm, no connection", "MB", base / 1e6);
    try (LoadClients clients = subject.clients()) {
      Crowd crowd = subject.crowd(clients);
      List<Echo> held = hold(crowd);
      allAnswer(crowd, held);
      crowd.close(held);
      burst(crowd, base);
      if (node != null) {
        heap(node, crowd);
      }
    }
  }

  private List<Echo> hold(Crowd crowd) throws IOException, InterruptedException, TimeoutException {
    List<Echo> held = new ArrayList<>(open(crowd, plan.from()));
    Thread.sleep(plan.settle());
    long few = resident();
    int more = plan.held() - plan.from();
    held.addAll(open(crowd, more));
    Duration first = plan.settle().dividedBy(3);
    Thread.sleep(first);
    Work.Watch watch = new Work.Watch(subject.costs());
    Thread.sleep(plan.settle().minus(first));
    Work idle = watch.stop();
    double growth = resident() - few;
    add(HELD, "resident a pair, " + plan.from() + " to " + plan.held(), "KB", growth / 1e3 / more);
    add(
        HELD,
        "processor time, " + plan.held() + " held, idle",
        "%",
        100 * idle.processorSeconds() / idle.seconds());
    return held;
  }

  private static List<Echo> open(Crowd crowd, int count)
      throws InterruptedException, TimeoutException {
    List<Echo> echoes = crowd.open(count);
    for (int i = 0; i < MESSAGES; i++) {
      crowd.exchange(echoes);
    }
    return echoes;
  }

  private void allAnswer(Crowd crowd, List<Echo> held)
      throws InterruptedException, TimeoutException {
    long start = System.nanoTime();
    crowd.withAtOnce(held.size()).exchange(held);
    add(HELD, "until all " + held.size() + " answer", "s", (System.nanoTime() - start) / 1e9);
  }

  private void burst(Crowd crowd, long base)
      throws IOException, InterruptedException, TimeoutException {
    long start = System.nanoTime();
    List<Echo> flood = crowd.withAtOnce(plan.burst()).open(plan.burst());
    double seconds = (System.nanoTime() - start) / 1e9;
    crowd.close(flood);
    long after = resident();
    Thread.sleep(plan.settle().multipliedBy(2));
    long later = resident();
    add(BURST, plan.burst() + " connections at once, served in", "s", seconds);
    add(BURST, "resident, all closed", "MB", after / 1e6);
    add(
        BURST,
        "resident, " + plan.settle().multipliedBy(2).toSeconds() + " s later",
        "MB",
        later / 1e6);
    add(BURST, "that against before it", "", (double) later / base);
  }

  private void heap(Node measured, Crowd crowd)
      throws IOException, InterruptedException, TimeoutException {
    List<Echo> echoes = new ArrayList<>(open(crowd, plan.from()));
    long few = measured.heap().liveBytes();
    int more = plan.held() - plan.from();
    echoes.addAll(open(crowd, more));
    long many = measured.heap().liveBytes();
    crowd.close(echoes);
    String name = "live heap a pair, " + plan.from() + " to " + plan.held();
    add(HELD, name, "B", (double) (many - few) / more);
  }

  private long resident() throws IOException {
    return subject.costs().residentBytes();
  }

  private void add(String group, String name, String unit, double value) {
    results.add(Figure.less(group, name, unit), subject.name(), value);
  }
}
