package io.doppelfleet.control.node;

import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nodes that report, each by its last report. */
public final class Nodes {
  /** Reports come each second; who is silent for longer than this is not there. */
  private static final long SILENT_NANOS = 5_000_000_000L;

  private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);

  private final LongSupplier nanoTime;
  private final Map<String, Heard> bySender = new HashMap<>();
  private final MessageConsumer<Buffer> reports;

  private record Heard(NodeReport report, long at) {}

  /**
   * Listens from now on.
   *
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  public Nodes(Vertx vertx, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.reports = vertx.eventBus().consumer(NodeReport.ADDRESS, this::reported);
  }

  private void reported(Message<Buffer> message) {
    try {
      if (MessageJson.read(message.body().getBytes()) instanceof NodeReport report) {
        heard(report);
      }
    } catch (InvalidValueException e) {
      LOG.warn("a node's report was left: {}", e.getMessage());
    }
  }

  private synchronized void heard(NodeReport report) {
    Heard last = bySender.get(report.stamp().sender());
    if (last == null || report.stamp().isAfter(last.report.stamp())) {
      bySender.put(report.stamp().sender(), new Heard(report, nanoTime.getAsLong()));
    }
  }

  /** The last reports of those that are there, in the order of their servers. */
  public synchronized List<NodeReport> present() {
    long now = nanoTime.getAsLong();
    bySender.values().removeIf(heard -> now - heard.at > SILENT_NANOS);
    return bySender.values().stream()
        .map(Heard::report)
        .sorted(Comparator.comparing(report -> report.server().toString()))
        .toList();
  }

  /** A node was removed: what it said last is of no use. */
  public synchronized void forget(String sender) {
    bySender.remove(sender);
  }

  /** Listens no more. */
  public Future<Void> close() {
    return reports.unregister();
  }
}
