package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Sheet;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a control takes with nobody at a dashboard, and what each dashboard that is open adds. */
final class EventCosts {
  private static final double THOUSAND = 1e3;
  private static final double MILLION = 1e6;

  private final Vertx vertx;
  private final BenchControl control;
  private final int dashboards;
  private final int seconds;

  /**
   * How much.
   *
   * @param dashboards that are open at once, 200 at most
   * @param seconds so long it is watched without them, and with them
   */
  EventCosts(Vertx vertx, BenchControl control, int dashboards, int seconds) {
    this.vertx = vertx;
    this.control = control;
    this.dashboards = dashboards;
    this.seconds = seconds;
  }

  void measure(Sheet sheet) throws IOException, InterruptedException, TimeoutException {
    sheet.title("the control after that, nobody at a dashboard");
    sheet.add("resident", control.costs().residentBytes() / MILLION, "MB");
    final double heap = control.heap().liveBytes();
    sheet.add("live heap", heap / MILLION, "MB");
    final double alone = control.busy(seconds);
    sheet.add("processor time", alone, "% of one");
    final double resident = control.costs().residentBytes();
    try (Dashboards open = Dashboards.open(vertx, control, dashboards)) {
      TimeUnit.SECONDS.sleep(1); // each has been told of the fleet as a whole
      final double before = open.bytes();
      double busy = control.busy(seconds);
      double told = open.bytes() - before;
      open.check();
      sheet.title(
          "%d dashboards are open, each told what is new each second".formatted(dashboards));
      sheet.add("processor time", busy, "% of one");
      sheet.add("that for each of them", (busy - alone) * 10 / dashboards, "ms a second");
      sheet.add("told to each", told / THOUSAND / seconds / dashboards, "KB a second");
      double more = control.costs().residentBytes() - resident;
      sheet.add("resident for each", more / THOUSAND / dashboards, "KB");
      sheet.add(
          "live heap for each", (control.heap().liveBytes() - heap) / THOUSAND / dashboards, "KB");
    }
  }
}
