package io.doppelfleet.bench.measure;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.load.Crowd;
import io.doppelfleet.standin.load.LoadClients;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Connections that come, echo once and go: accept, hello, flight, dial, echo, close. Each is of a
 * secret drawn at random, from one of few addresses, so that with many secrets who came from there
 * last says nothing: the dear case.
 */
final class Handshakes {
  private static final int MOST = 100_000;

  /**
   * At once while the node's search is interpreted yet: more would wait for longer than it lets.
   */
  private static final int FEW = 8;

  private static final List<Function<Secret, Hellos>> SHAPES =
      List.of(Hellos::classic, Hellos::hybrid);

  private final Plan plan;
  private final Results results;

  Handshakes(Plan plan, Results results) {
    this.plan = plan;
    this.results = results;
  }

  void measure(Contest contest, int secrets)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    String group = "handshakes, secrets: " + secrets;
    contest.inTurn(
        group + ": warming up",
        1,
        subject -> {
          for (Function<Secret, Hellos> shape : SHAPES) {
            try (LoadClients clients = subject.clients()) {
              subject.crowd(clients, shape).withAtOnce(FEW).churn(MOST, plan.span());
            }
            churn(subject, shape, plan.span());
          }
        });
    contest.inTurn(
        group,
        plan.runs(),
        subject -> {
          measure(group, subject, "517-byte hello", Hellos::classic);
          measure(group, subject, "TDLib's hello", Hellos::hybrid);
        });
  }

  private void measure(String group, Subject subject, String kind, Function<Secret, Hellos> shape)
      throws IOException, InterruptedException, TimeoutException {
    Work.Watch watch = new Work.Watch(subject.costs());
    int count = churn(subject, shape, plan.span());
    Work work = watch.stop();
    results.add(
        Figure.less(group, kind + ", processor time", "ms"),
        subject.name(),
        work.processorSeconds() * 1e3 / count);
    results.add(Figure.more(group, kind + ", rate", "/s"), subject.name(), count / work.seconds());
  }

  private static int churn(Subject subject, Function<Secret, Hellos> shape, Duration time)
      throws InterruptedException, TimeoutException {
    try (LoadClients clients = subject.clients()) {
      Crowd crowd = subject.crowd(clients, shape);
      return crowd.churn(MOST, time);
    }
  }
}
