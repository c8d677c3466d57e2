package io.doppelfleet.bench.measure;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.load.LoadClients;
import java.io.IOException;
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
   * At once where there are so many secrets, or searches are interpreted yet: of more who all come
   * anew as soon as they went, some would wait for longer than the node lets and meet the cover.
   */
  private static final int FEW = 8;

  /** So many secrets. */
  private static final int MANY = 1_000;

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
            churn(subject, shape, FEW);
            churn(subject, shape, atOnce(secrets));
          }
        });
    contest.inTurn(
        group,
        plan.runs(),
        subject -> {
          measure(group, subject, secrets, "517-byte hello", Hellos::classic);
          measure(group, subject, secrets, "TDLib's hello", Hellos::hybrid);
        });
  }

  private static int atOnce(int secrets) {
    return secrets < MANY ? Subject.AT_ONCE : FEW;
  }

  private void measure(
      String group, Subject subject, int secrets, String kind, Function<Secret, Hellos> shape)
      throws IOException, InterruptedException, TimeoutException {
    Work.Watch watch = new Work.Watch(subject.costs());
    int count = churn(subject, shape, atOnce(secrets));
    Work work = watch.stop();
    results.add(
        Figure.less(group, kind + ", processor time", "ms"),
        subject.name(),
        work.processorSeconds() * 1e3 / count);
    results.add(Figure.more(group, kind + ", rate", "/s"), subject.name(), count / work.seconds());
  }

  private int churn(Subject subject, Function<Secret, Hellos> shape, int atOnce)
      throws InterruptedException, TimeoutException {
    try (LoadClients clients = subject.clients()) {
      return subject.crowd(clients, shape).withAtOnce(atOnce).churn(MOST, plan.span());
    }
  }
}
