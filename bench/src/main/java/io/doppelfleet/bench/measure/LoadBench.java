package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * Runs a plan. Nodes, stand-ins and the yardstick are processes of their own; the load is this one.
 */
public final class LoadBench {
  private final Path script;
  private final Class<?> program;
  private final Plan plan;
  private final List<Peer> peers;
  private final Progress progress;
  private final Children children;
  private final Results results;

  /** What was under way last. */
  private String last = "";

  /** What is under way, for who waits. */
  @FunctionalInterface
  public interface Progress {
    /** Begins something. */
    void at(String what);
  }

  /**
   * Prepares.
   *
   * @param script {@code doppelfleet}
   * @param program whose commands {@code cover}, {@code datacenter} and {@code relay} are the
   *     stand-ins and the yardstick
   * @throws IOException when there is no place for temporary files, or the script can't be run
   */
  public LoadBench(Path script, Class<?> program, Plan plan, List<Peer> peers, Progress progress)
      throws IOException {
    this.children = new Children();
    this.script = script;
    this.program = program;
    this.plan = plan;
    this.peers = List.copyOf(peers);
    this.progress =
        what -> {
          last = what;
          progress.at(what);
        };
    this.results = new Results(new Setting(Machine.here(), Node.version(script), plan));
  }

  /** One of a plan's parts. */
  @FunctionalInterface
  private interface Part {
    void measure(Surroundings around)
        throws IOException, InterruptedException, ExecutionException, TimeoutException;
  }

  /**
   * Measures. A part in which a client is served wrongly or not at all ends there, and the results
   * say so: what was measured before it took half an hour.
   *
   * @param coverAt {@code HOST:PORT} for the stand-in cover, port 0 taking a free one
   * @param datacenterAt the same for the stand-in data centre
   * @throws IOException when a stand-in can't be started
   */
  public Results run(String coverAt, String datacenterAt) throws IOException, InterruptedException {
    try (StandIn cover = StandIn.start(children, program, "cover", "--listen", coverAt);
        StandIn datacenter =
            StandIn.start(children, program, "datacenter", "--listen", datacenterAt)) {
      Surroundings around = new Surroundings(cover.address(), datacenter.address());
      for (Peer peer : peers) {
        progress.at(
            "%s must use %s as data centre %d, and may use %s as its cover"
                .formatted(peer.name(), around.datacenter(), Node.DATACENTER, around.cover()));
      }
      for (Part part :
          List.<Part>of(
              this::starts,
              this::memory,
              this::contest,
              this::handshakes,
              this::loops,
              this::slowReaders)) {
        measure(part, around);
      }
    }
    return results;
  }

  private void measure(Part part, Surroundings around) throws InterruptedException {
    try {
      part.measure(around);
    } catch (IllegalStateException | IOException | ExecutionException | TimeoutException e) {
      results.failed(last + ": " + e.getMessage());
    }
  }

  private void starts(Surroundings around) throws IOException, InterruptedException {
    if (!plan.parts().contains(Plan.Part.START)) {
      return;
    }
    progress.at("start");
    for (int run = 0; run < plan.runs(); run++) {
      try (Node node = start(around, 1, Node.Options.DEFAULT)) {
        double spent = node.costs().processorTime().toMillis() / 1e3;
        results.add(
            Figure.less("start", "until a client is answered", "s"),
            Results.NODE,
            node.startTime().toMillis() / 1e3);
        results.add(Figure.less("start", "processor time", "s"), Results.NODE, spent);
      }
    }
  }

  private void memory(Surroundings around)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    if (!plan.parts().contains(Plan.Part.MEMORY)) {
      return;
    }
    for (int run = 1; run <= plan.memoryRuns(); run++) {
      progress.at("memory, " + run + " of " + plan.memoryRuns());
      try (Node node = start(around, 1, Node.Options.DEFAULT)) {
        new Memory(plan, Subject.of(node), node, results).measure();
        node.requireNoErrors();
      }
    }
    if (peers.isEmpty()) {
      return;
    }
    // Once: a peer can't be started anew, and what it has grown to hides what a pair costs.
    new Contest(peers.stream().map(Peer::subject).toList(), progress)
        .inTurn("memory", 1, peer -> new Memory(plan, peer, null, results).measure());
  }

  private void contest(Surroundings around)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    boolean transfers = plan.parts().contains(Plan.Part.TRANSFERS);
    boolean echoes = plan.parts().contains(Plan.Part.ECHOES);
    boolean beside = plan.parts().contains(Plan.Part.BESIDE);
    if (!transfers && !echoes && !beside) {
      return;
    }
    try (Node node = start(around, 1, Node.Options.ONE_LOOP);
        Relay relay = Relay.start(children, program, around, node.costs())) {
      List<Subject> subjects = new ArrayList<>(List.of(Subject.of(node)));
      subjects.addAll(relay.subjects());
      peers.forEach(peer -> subjects.add(peer.subject()));
      Contest contest = new Contest(subjects, progress);
      contest.inTurn("warming up", 1, new WarmUp(plan)::of);
      if (transfers) {
        new Transfers(plan, results).measure(contest);
      }
      if (echoes) {
        new Echoes(plan, results).measure(contest);
      }
      if (beside) {
        new Beside(plan, results).measure(contest.ofProxies());
      }
      node.requireNoErrors();
    }
  }

  private void handshakes(Surroundings around)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    if (!plan.parts().contains(Plan.Part.HANDSHAKES)) {
      return;
    }
    for (int secrets : plan.secrets()) {
      try (Node node = start(around, secrets, Node.Options.ONE_LOOP)) {
        List<Subject> subjects = new ArrayList<>(List.of(Subject.of(node)));
        if (secrets == 1) {
          peers.forEach(peer -> subjects.add(peer.subject()));
        }
        new Handshakes(plan, results).measure(new Contest(subjects, progress), secrets);
        node.requireNoErrors();
      }
    }
  }

  private void loops(Surroundings around)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    if (!plan.parts().contains(Plan.Part.LOOPS)) {
      return;
    }
    progress.at("two loops");
    try (Node one = start(around, 1, Node.Options.ONE_LOOP);
        Node two = start(around, 1, new Node.Options(2, false, ""))) {
      new WarmUp(plan).of(Subject.of(one));
      new WarmUp(plan).of(Subject.of(two));
      new Loops(plan, results).measure(Subject.of(one), Subject.of(two));
      one.requireNoErrors();
      two.requireNoErrors();
    }
  }

  private void slowReaders(Surroundings around)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    if (!plan.parts().contains(Plan.Part.SLOW)) {
      return;
    }
    try (Node node = start(around, 1, new Node.Options(1, true, ""));
        Relay relay = Relay.start(children, program, around, node.costs())) {
      Contest contest = new Contest(List.of(Subject.of(node), relay.medium()), progress);
      contest.inTurn("warming up", 1, new WarmUp(plan)::of);
      new SlowReaders(plan, node, results).measure(contest);
      node.requireNoErrors();
    }
  }

  private Node start(Surroundings around, int secrets, Node.Options options)
      throws IOException, InterruptedException {
    return Node.start(children, script, around, Secrets.of(secrets), options, plan.shaping());
  }
}
