package io.doppelfleet.control.node;

import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeHealth;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nodes that report, each by its last report, and how well they do. */
public final class Nodes {
  /** Reports come each second; who is silent for longer than this is not there. */
  private static final long SILENT_NANOS = 5_000_000_000L;

  private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);

  private final LongSupplier nanoTime;
  private final Map<String, Heard> bySender = new HashMap<>();
  private final Map<String, NodeHealth> healthBySender = new HashMap<>();
  private final MessageConsumer<Buffer> reports;
  private final MessageConsumer<Buffer> healths;

  private record Heard(NodeReport report, long at) {}

  /**
   * Listens from now on.
   *
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  public Nodes(Vertx vertx, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.reports = vertx.eventBus().consumer(NodeReport.ADDRESS, this::told);
    this.healths = vertx.eventBus().consumer(NodeHealth.ADDRESS, this::told);
  }

  private void told(Message<Buffer> message) {
    try {
      switch (MessageJson.read(message.body().getBytes())) {
        case NodeReport report -> heard(report);
        case NodeHealth health -> heard(health);
        default -> {} // none comes here
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

  private synchronized void heard(NodeHealth health) {
    NodeHealth last = healthBySender.get(health.stamp().sender());
    if (last == null || health.stamp().isAfter(last.stamp())) {
      healthBySender.put(health.stamp().sender(), health);
    }
  }

  /** The last reports of those that are there, in the order of their servers. */
  public synchronized List<NodeReport> present() {
    long now = nanoTime.getAsLong();
    bySender.values().removeIf(heard -> now - heard.at > SILENT_NANOS);
    healthBySender.keySet().retainAll(bySender.keySet());
    return bySender.values().stream()
        .map(Heard::report)
        .sorted(Comparator.comparing(report -> report.server().toString()))
        .toList();
  }

  /**
   * How well a node does; null where that isn't known: it has only come, or is of an older version.
   */
  public synchronized @Nullable NodeHealth health(NodeReport report) {
    NodeHealth health = healthBySender.get(report.stamp().sender());
    return health == null || health.stamp().epoch() != report.stamp().epoch() ? null : health;
  }

  /** Connections now by keys of secrets that have a newer one, by the secrets' names. */
  public synchronized Map<String, Long> byOldKeys() {
    Map<String, Long> counts = new HashMap<>();
    for (NodeReport report : present()) {
      NodeHealth health = health(report);
      if (health != null) {
        health
            .oldKeys()
            .forEach(each -> counts.merge(each.secret(), (long) each.connections(), Long::sum));
      }
    }
    return counts;
  }

  /** A node was removed: what it said last is of no use. */
  public synchronized void forget(String sender) {
    bySender.remove(sender);
    healthBySender.remove(sender);
  }

  /** Listens no more. */
  public Future<Void> close() {
    return Future.join(reports.unregister(), healths.unregister()).mapEmpty();
  }
}
