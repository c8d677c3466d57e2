package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * Subjects that are measured in turn, each once before any is a second time, so that the machine's
 * moods meet them all alike.
 */
final class Contest {
  private final List<Subject> subjects;
  private final LoadBench.Progress progress;

  /** A measurement of one subject. */
  @FunctionalInterface
  interface Measurement {
    void of(Subject subject)
        throws IOException, InterruptedException, ExecutionException, TimeoutException;
  }

  Contest(List<Subject> subjects, LoadBench.Progress progress) {
    this.subjects = List.copyOf(subjects);
    this.progress = progress;
  }

  /** The same without the relay. */
  Contest ofProxies() {
    return new Contest(
        subjects.stream().filter(s -> !s.secrets().all().isEmpty()).toList(), progress);
  }

  /**
   * Measures each subject so often, in turn. A foreign one that fails is left out from then on, and
   * named.
   */
  void inTurn(String what, int runs, Measurement measurement)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    progress.at(what);
    List<Subject> left = new ArrayList<>(subjects);
    for (int run = 0; run < runs; run++) {
      for (Subject subject : subjects) {
        if (left.contains(subject) && !succeeds(what, subject, measurement)) {
          left.remove(subject);
        }
      }
    }
  }

  private boolean succeeds(String what, Subject subject, Measurement measurement)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    try {
      measurement.of(subject);
      return true;
    } catch (IllegalStateException | IOException | ExecutionException | TimeoutException e) {
      if (!subject.foreign()) {
        throw e;
      }
      progress.at(subject.name() + " is left out of \"" + what + "\": " + e.getMessage());
      return false;
    }
  }
}
