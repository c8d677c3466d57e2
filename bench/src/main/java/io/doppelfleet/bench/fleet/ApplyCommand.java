package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Secrets;
import io.doppelfleet.bench.measure.Sheet;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.StateJson;
import io.doppelfleet.proxy.ProxyNode;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.proxy.doppel.Shaping;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/**
 * A node in a process of its own, with the heap that the script gives one, is told a state of many
 * secrets but one as a text, and then the last one. Prints what that took, a line each: a name, a
 * tab and a number.
 */
@Command(name = "apply", hidden = true)
final class ApplyCommand implements Callable<Integer> {
  /** The script's. */
  private static final String HEAP = "-Xmx256m";

  private static final int LOOPS = 2;
  private static final double MILLION = 1e6;
  private static final long REST_MILLIS = 300;

  @Parameters private int secrets;

  /** In a process of its own. */
  static void measure(Children children, int secrets, Sheet sheet) throws IOException {
    Process process = children.start(NodeGroup.program(HEAP, "apply", Integer.toString(secrets)));
    sheet.title("%d secrets applied, heap of 256 MiB".formatted(secrets));
    int lines = 0;
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        String[] parts = line.split("\t", -1);
        sheet.add(parts[0], Double.parseDouble(parts[2]), parts[1]);
        lines++;
      }
    }
    children.stop(process);
    if (lines < 7) {
      throw new IOException("a node could not apply " + secrets + " secrets");
    }
  }

  @Override
  public Integer call() throws Exception {
    Path state = Files.createTempDirectory("bench-apply");
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(LOOPS));
    try {
      NamedSecret first = Secrets.of(1).all().getFirst();
      ProxyNode node =
          ProxyNode.start(
                  vertx,
                  options(state),
                  new FleetState(1, List.of(first)),
                  Clock.systemUTC(),
                  new SimpleMeterRegistry())
              .await();
      apply(vertx, node);
    } finally {
      vertx.close().await();
      try (Stream<Path> files = Files.list(state)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(state);
    }
    return ExitCode.OK;
  }

  private static ProxyOptions options(Path state) {
    return new ProxyOptions(
        List.of(new HostPort("127.0.0.1", 0)),
        new HostPort("127.0.0.1", 9),
        Map.of(),
        state,
        1,
        Shaping.OFF,
        ProxyOptions.Limits.defaults(),
        Duration.ZERO);
  }

  /**
   * What the node is told.
   *
   * @param text of all secrets but one; who takes it holds it
   * @param last the last one
   */
  private record Told(Queue<byte[]> text, FleetSecret last) {}

  private Told told() {
    List<NamedSecret> all = Secrets.of(secrets).all();
    return new Told(
        new ArrayDeque<>(List.of(StateJson.write(new FleetState(2, all.subList(0, secrets - 1))))),
        new FleetState(1, List.of(all.getLast())).secrets().getFirst());
  }

  private void apply(Vertx vertx, ProxyNode node) throws InterruptedException {
    Told told = told();
    final double textBytes = told.text.element().length;
    Holds holds = Holds.watch(vertx, LOOPS);
    Thread.sleep(REST_MILLIS);
    double idle = holds.longestMillis();
    final double before = liveBytes() - textBytes; // which is nowhere in the end

    holds.begin();
    long begin = System.nanoTime();
    KnownState known = KnownState.of(StateJson.read(told.text.remove()));
    final double read = millisSince(begin);
    begin = System.nanoTime();
    node.apply(known.state());
    final double applied = millisSince(begin);
    Thread.sleep(REST_MILLIS);
    final double held = holds.longestMillis();

    holds.begin();
    begin = System.nanoTime();
    known = known.next(known.state().changed(3, List.<Entity>of(told.last), List.of()));
    node.apply(known.state());
    final double one = millisSince(begin);
    Thread.sleep(REST_MILLIS);
    final double heldByOne = holds.longestMillis();

    print("the text of it", "MB", textBytes / MILLION);
    print("read and checked", "ms", read);
    print("applied", "ms", applied);
    print("longest hold of an event loop, collections included", "ms", held);
    print("the same while nothing is applied", "ms", idle);
    print("one secret more, checked and applied", "ms", one);
    print("longest hold of an event loop by that", "ms", heldByOne);
    try {
      print("live heap by it", "MB", (liveBytes() - before) / MILLION);
    } finally {
      Reference.reachabilityFence(known); // a follower has it too
    }
  }

  private static double millisSince(long begin) {
    return (System.nanoTime() - begin) / MILLION;
  }

  private static long liveBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static void print(String name, String unit, double value) {
    System.out.println(name + "\t" + unit + "\t" + value);
  }
}
