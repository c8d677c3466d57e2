package io.doppelfleet.bench.stealth.probe;

import io.doppelfleet.bench.stealth.stat.Separation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * All trials of one class: the node's samples, the cover's, the cover's once more, and those
 * through a bare splice, of which only times count.
 */
final class Tally {
  /** What a network adds to any time, in nanoseconds. */
  private static final double JITTER = 1e6;

  private static final int EXAMPLES = 2;
  private static final int DEVIATIONS = 4;

  private final Probe probe;
  private final List<Sample> node = new ArrayList<>();
  private final List<Sample> cover = new ArrayList<>();
  private final List<Sample> again = new ArrayList<>();
  private final List<Sample> splice = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(3);

  Tally(Probe probe) {
    this.probe = probe;
  }

  synchronized void add(Sample node, Sample cover, Sample again) {
    this.node.add(node);
    this.cover.add(cover);
    this.again.add(again);
  }

  synchronized void addSpliced(Sample sample) {
    splice.add(sample);
  }

  Probe probe() {
    return probe;
  }

  int trials() {
    return node.size();
  }

  /**
   * Trials in which the node showed what the cover did not show: in that trial, or where chance
   * decides in the cover itself, in any.
   */
  int differing() {
    boolean chance = wavering() > 0;
    int differing = 0;
    for (int i = 0; i < node.size(); i++) {
      if (differs(i, chance)) {
        differing++;
      }
    }
    return differing;
  }

  private boolean differs(int trial, boolean chance) {
    Sample ours = node.get(trial);
    if (ours.like(cover.get(trial), probe.waits()) || ours.like(again.get(trial), probe.waits())) {
      return false;
    }
    return !chance || !(showed(cover, ours) || showed(again, ours));
  }

  private boolean showed(List<Sample> samples, Sample like) {
    return samples.stream().anyMatch(sample -> sample.like(like, probe.waits()));
  }

  /**
   * Where chance decides in the cover itself: how much oftener the node shows one of the outcomes,
   * or seldomer, than chance explains; 0 where it explains it (four standard deviations).
   */
  double skewed() {
    double most = 0;
    if (wavering() > 0) {
      for (Sample kind : cover) {
        double theirs = (share(cover, kind) + share(again, kind)) / 2;
        double difference = Math.abs(share(node, kind) - theirs);
        double deviation = Math.sqrt(theirs * (1 - theirs) * 1.5 / node.size());
        if (difference > DEVIATIONS * deviation + 1.0 / node.size()) {
          most = Math.max(most, difference);
        }
      }
    }
    return most;
  }

  private double share(List<Sample> samples, Sample kind) {
    return (double) samples.stream().filter(sample -> sample.like(kind, probe.waits())).count()
        / samples.size();
  }

  /** Trials in which the cover's two differed: what a race in the cover itself decides. */
  int wavering() {
    int wavering = 0;
    for (int i = 0; i < cover.size(); i++) {
      if (!cover.get(i).like(again.get(i), probe.waits())) {
        wavering++;
      }
    }
    return wavering;
  }

  /** What differed, an example of each kind. */
  List<String> examples() {
    Set<String> seen = new LinkedHashSet<>();
    boolean chance = wavering() > 0;
    for (int i = 0; i < node.size() && seen.size() < 2 * EXAMPLES; i++) {
      if (differs(i, chance)) {
        seen.add("node:  " + shown(node.get(i)));
        seen.add("cover: " + shown(cover.get(i)));
      }
    }
    return List.copyOf(seen);
  }

  /** Each outcome with its shares, the node's first. */
  List<String> outcomes() {
    List<Sample> kinds = new ArrayList<>();
    for (List<Sample> samples : List.of(cover, again, node)) {
      for (Sample sample : samples) {
        if (!showed(kinds, sample)) {
          kinds.add(sample);
        }
      }
    }
    return kinds.stream()
        .map(
            kind ->
                String.format(
                    Locale.ROOT,
                    "node %.3f, cover %.3f and %.3f: %s",
                    share(node, kind),
                    share(cover, kind),
                    share(again, kind),
                    shown(kind)))
        .toList();
  }

  private String shown(Sample sample) {
    return sample.transcript()
        + (probe.waits() && sample.end() >= 0
            ? String.format(Locale.ROOT, " after %.1f s", sample.end() / 1e9)
            : "");
  }

  /** A time that a prober takes. */
  enum Time {
    /** From the first act that is answered to the answer. */
    FIRST_BYTE,
    /** The same of the last one. */
    LAST_ANSWER,
    /** From the last act to the close. */
    CLOSE
  }

  /**
   * How well a time tells.
   *
   * @param node from the cover, jitter added: 0.5 is not at all
   * @param cover from itself
   * @param splice a bare splice from the cover; not a number where it doesn't pass the class on
   * @param later median of the node's times less that of the cover's, in microseconds
   */
  record Told(double node, double cover, double splice, double later) {}

  /** Of one time; 0.5 where it was never seen. */
  Told told(Time time) {
    double[] ours = times(node, time);
    double[] theirs = times(cover, time);
    double[] others = times(again, time);
    double[] spliced = times(splice, time);
    return new Told(
        Separation.auc(jittered(ours), jittered(theirs)),
        Separation.auc(jittered(others), jittered(theirs)),
        spliced.length < theirs.length / 2 || spliced.length == 0
            ? Double.NaN
            : Separation.auc(jittered(spliced), jittered(theirs)),
        (Separation.quantile(ours, 0.5) - Separation.quantile(theirs, 0.5)) / 1e3);
  }

  private double[] jittered(double[] times) {
    return Separation.jittered(times, JITTER, random);
  }

  private static double[] times(List<Sample> samples, Time time) {
    return samples.stream()
        .filter(sample -> time == Time.CLOSE ? sample.end() >= 0 : !sample.reactions().isEmpty())
        .mapToDouble(
            sample ->
                switch (time) {
                  case FIRST_BYTE -> sample.reactions().getFirst();
                  case LAST_ANSWER -> sample.reactions().getLast();
                  case CLOSE -> sample.end();
                })
        .toArray();
  }
}
