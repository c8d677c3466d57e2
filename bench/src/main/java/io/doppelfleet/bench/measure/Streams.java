package io.doppelfleet.bench.measure;

import io.doppelfleet.standin.load.Bulk;
import io.doppelfleet.standin.load.Download;
import io.doppelfleet.standin.load.Flow;
import io.doppelfleet.standin.load.LoadClients;
import io.doppelfleet.standin.load.Upload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Content that goes one way over several connections at once. */
final class Streams {
  private static final long AT_MOST_MINUTES = 5;

  private Streams() {}

  /** Which way. */
  enum Way {
    DOWN("down"),
    UP("up");

    final String word;

    Way(String word) {
      this.word = word;
    }

    Bulk of(long bytes) {
      return this == DOWN ? new Download(bytes) : new Upload(bytes);
    }
  }

  /**
   * Moves content over connections that were opened before, and checks it.
   *
   * @param bytes in all
   */
  static Work move(Subject subject, Way way, int flows, long bytes)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    try (LoadClients clients = subject.clients()) {
      List<Flow> open = subject.crowd(clients).openFlows(flows);
      List<Bulk> bulks = new ArrayList<>();
      Work.Watch watch = new Work.Watch(subject.costs());
      for (Flow flow : open) {
        Bulk bulk = way.of(bytes / flows);
        bulks.add(bulk);
        flow.begin(bulk);
      }
      for (Bulk bulk : bulks) {
        bulk.done().get(AT_MOST_MINUTES, TimeUnit.MINUTES);
      }
      return watch.stop();
    }
  }
}
