package io.doppelfleet.bench.stealth.probe;

import io.doppelfleet.bench.stealth.report.Report;
import io.doppelfleet.bench.stealth.report.Report.Bound;
import io.doppelfleet.bench.stealth.scene.Node;
import io.doppelfleet.bench.stealth.scene.Site;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Asks node and cover the same, in turn and in an order of chance; the cover twice, so that it is
 * known how much it differs from itself, and once through a relay that does nothing else, so that
 * it is known what time alone a second connection takes.
 */
public final class Probing {
  private static final String PART = "probes";

  /** What half of all classes may be told by, by issue 5. */
  private static final double MEDIAN_AT_MOST = 0.55;

  /** How much worse than the cover with itself the worst class may be. */
  private static final double WORSE = 0.05;

  private static final int MOST_UNDER_WAY = 100;
  private static final int SPREAD_MILLIS = 2_000;
  private static final long WAITS_AT_MOST_SECONDS = 400;

  private final Site site;
  private final Node node;
  private final InetSocketAddress splice;
  private final Consumer<String> progress;
  private final Random random = new Random(5);

  /** Waits for what comes late, while the next trial goes on. */
  private final ExecutorService patient = Executors.newVirtualThreadPerTaskExecutor();

  private final Semaphore underWay = new Semaphore(MOST_UNDER_WAY);

  /**
   * Of a node and the site that it hides behind.
   *
   * @param splice where a relay listens that does nothing but lead to that site
   */
  public Probing(Site site, Node node, InetSocketAddress splice, Consumer<String> progress) {
    this.site = site;
    this.node = node;
    this.splice = splice;
    this.progress = progress;
  }

  /** All classes. */
  static List<Probe> all() {
    List<Probe> all = new ArrayList<>(Garbage.all());
    all.addAll(Greetings.all());
    all.addAll(Visits.all());
    all.addAll(Waits.all());
    return all;
  }

  /**
   * Probes.
   *
   * @param trials of each class
   * @param waits of each class that waits for time-outs; none leaves those classes out
   * @param only words of which a class's name must have one; empty for all classes
   */
  public void measure(String cover, int trials, int waits, List<String> only, Report report)
      throws IOException, InterruptedException {
    List<Tally> tallies = new ArrayList<>();
    for (Probe probe : all()) {
      boolean named = only.isEmpty() || only.stream().anyMatch(probe.name()::contains);
      if (named && (waits > 0 || !probe.waits())) {
        tallies.add(new Tally(probe));
      }
    }
    try (ExecutorService waiting = patient) {
      for (Tally tally : tallies) {
        for (int i = 0; i < waits && tally.probe().waits(); i++) {
          long seed = i;
          waiting.execute(() -> waitingTrial(tally, seed));
        }
      }
      interleave(tallies.stream().filter(t -> !t.probe().waits()).toList(), trials);
      progress.accept("probes: waiting for time-outs");
      underWay.acquire(MOST_UNDER_WAY); // all are over
      waiting.shutdown();
      if (!waiting.awaitTermination(WAITS_AT_MOST_SECONDS, TimeUnit.SECONDS)) {
        waiting.shutdownNow();
      }
    }
    report(cover, tallies, report);
  }

  private void interleave(List<Tally> tallies, int trials)
      throws IOException, InterruptedException {
    List<Tally> order = new ArrayList<>(tallies);
    long shown = System.nanoTime();
    for (int trial = 0; trial < trials; trial++) {
      Collections.shuffle(order, random);
      for (Tally tally : order) {
        trial(tally, trial);
      }
      if (System.nanoTime() - shown > TimeUnit.SECONDS.toNanos(15)) {
        shown = System.nanoTime();
        progress.accept("probes: " + (trial + 1) + " of " + trials + " trials of each class");
      }
    }
  }

  private void trial(Tally tally, long seed) throws IOException, InterruptedException {
    InetSocketAddress[] targets = {node.address(), site.address(), site.address(), splice};
    Sample.Begun[] begun = new Sample.Begun[targets.length];
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3));
    Collections.shuffle(order, random);
    for (int i : order) {
      begun[i] = Sample.begin(tally.probe(), targets[i], setting(seed));
    }
    underWay.acquire();
    patient.execute(
        () -> {
          try {
            // One after the other would have the later ones wait longer.
            List<Future<Sample>> waiting = new ArrayList<>();
            for (Sample.Begun one : begun) {
              waiting.add(patient.submit(one::complete));
            }
            tally.add(waiting.get(0).get(), waiting.get(1).get(), waiting.get(2).get());
            tally.addSpliced(waiting.get(3).get());
          } catch (ExecutionException e) {
            progress.accept(tally.probe().name() + ": " + e.getMessage());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            underWay.release();
          }
        });
  }

  private Setting setting(long seed) {
    return new Setting(node.clientSecret(), node.address(), seed);
  }

  /** All three at once, for each takes a minute and more. */
  private void waitingTrial(Tally tally, long seed) {
    try {
      Thread.sleep(new Random(seed).nextInt(SPREAD_MILLIS));
      Sample[] samples = new Sample[3];
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < samples.length; i++) {
        int at = i;
        InetSocketAddress target = i == 0 ? node.address() : site.address();
        threads.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        samples[at] = Sample.take(tally.probe(), target, setting(seed));
                      } catch (IOException e) {
                        progress.accept(tally.probe().name() + ": " + e.getMessage());
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      if (samples[0] != null && samples[1] != null && samples[2] != null) {
        tally.add(samples[0], samples[1], samples[2]);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void report(String cover, List<Tally> tallies, Report report) {
    int classes = 0;
    int different = 0;
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    List<Double> spliced = new ArrayList<>();
    List<String> worst = new ArrayList<>();
    for (Tally tally : tallies) {
      classes++;
      int differing = tally.differing();
      different += differing > 0 ? 1 : 0;
      if (differing > 0) {
        report.add(
            PART,
            cover,
            tally.probe().name() + ": differs, of " + tally.trials(),
            differing,
            Bound.most(0),
            notes(tally));
      }
      double skewed = tally.skewed();
      if (skewed > 0) {
        report.add(
            PART,
            cover,
            tally.probe().name() + ": an outcome of chance is skewed by",
            skewed,
            Bound.most(0),
            tally.outcomes());
      }
      different += differing == 0 && skewed > 0 ? 1 : 0;
      for (Tally.Time time : Tally.Time.values()) {
        if (tally.probe().waits()) {
          continue; // too few for more than the second, which counts as a difference
        }
        Tally.Told told = tally.told(time);
        if (told.node() == 0.5 && told.cover() == 0.5) {
          continue; // never seen
        }
        ours.add(told.node());
        theirs.add(told.cover());
        if (!Double.isNaN(told.splice())) {
          spliced.add(told.splice());
        }
        worst.add(
            String.format(
                Locale.ROOT,
                "%.3f (cover with itself %.3f, a bare splice %.3f), %.0f us later: %s, %s",
                told.node(),
                told.cover(),
                told.splice(),
                told.later(),
                tally.probe().name(),
                time.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
      }
    }
    report.add(PART, cover, "classes", classes, Bound.NONE);
    report.add(PART, cover, "classes that differ in more than time", different, Bound.most(0));
    if (ours.isEmpty()) {
      return;
    }
    double itself = Collections.max(theirs);
    worst.sort(Collections.reverseOrder());
    report.add(PART, cover, "AUC of times, median", median(ours), Bound.most(MEDIAN_AT_MOST));
    report.add(PART, cover, "AUC of times, median, cover with itself", median(theirs), Bound.NONE);
    report.add(
        PART,
        cover,
        "AUC of times, worst",
        Collections.max(ours),
        Bound.most(itself + WORSE),
        worst.subList(0, Math.min(8, worst.size())));
    report.add(PART, cover, "AUC of times, worst, cover with itself", itself, Bound.NONE);
    if (!spliced.isEmpty()) {
      report.add(PART, cover, "AUC of times, median, a bare splice", median(spliced), Bound.NONE);
      report.add(
          PART, cover, "AUC of times, worst, a bare splice", Collections.max(spliced), Bound.NONE);
    }
  }

  private static List<String> notes(Tally tally) {
    List<String> notes = new ArrayList<>(tally.examples());
    notes.add("the cover differs from itself in " + tally.wavering());
    return notes;
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
