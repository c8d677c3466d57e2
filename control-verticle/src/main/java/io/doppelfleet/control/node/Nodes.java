package io.doppelfleet.control.node;

import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Stamp;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes that report, to this control or to another of its store, each by its last report, and
 * how well they do.
 */
public final class Nodes {
  /** Reports come each second; who is silent for longer than this is not there. */
  private static final long SILENT_NANOS = 5_000_000_000L;

  /** How a node does comes every two seconds; what was missed three times is not of now. */
  private static final long STALE_NANOS = 6_000_000_000L;

  private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);

  private final LongSupplier nanoTime;
  private final Map<String, Heard> bySender = new HashMap<>();
  private final Map<String, HeardHealth> healthBySender = new HashMap<>();
  private final Removed gone = new Removed();
  private final MessageConsumer<Buffer> reports;
  private final MessageConsumer<Buffer> healths;

  /**
   * With the server's text, by which nodes are sorted for each who asks.
   *
   * @param control that it came by; null: by none but this
   */
  private record Heard(NodeReport report, String server, @Nullable OtherControl control, long at) {}

  /**
   * What a node said last of how it does.
   *
   * @param revision that it ran then, or a later one; 0: that isn't known
   */
  private record HeardHealth(NodeHealth health, long revision, long at) {}

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
        case NodeReport report -> heard(report, null);
        case NodeHealth health -> heard(health);
        default -> {} // none comes here
      }
    } catch (InvalidValueException e) {
      LOG.warn("a node's report was left: {}", e.getMessage());
    }
  }

  /**
   * Takes a node's report.
   *
   * @param control that it came by; null: by none but this
   */
  public synchronized void heard(NodeReport report, @Nullable OtherControl control) {
    if (gone.has(report.stamp().sender())) {
      return;
    }
    Heard last = bySender.get(report.stamp().sender());
    if (last == null || report.stamp().isAfter(last.report.stamp())) {
      bySender.put(
          report.stamp().sender(),
          new Heard(report, report.server().toString(), control, nanoTime.getAsLong()));
    }
  }

  /** Takes what a node says of how it does, whichever way it came. */
  public synchronized void heard(NodeHealth health) {
    HeardHealth last = healthBySender.get(health.stamp().sender());
    if (last == null || health.stamp().isAfter(last.health.stamp())) {
      healthBySender.put(
          health.stamp().sender(),
          new HeardHealth(health, revision(health.stamp(), last), nanoTime.getAsLong()));
    }
  }

  /** A node numbers all that it says: what it ran before it said this it runs yet. */
  private long revision(Stamp said, @Nullable HeardHealth last) {
    Heard report = bySender.get(said.sender());
    if (report != null
        && report.report.stamp().epoch() == said.epoch()
        && said.isAfter(report.report.stamp())) {
      return report.report.revision();
    }
    return last != null && last.health.stamp().epoch() == said.epoch() ? last.revision : 0;
  }

  /** The last reports of those that are there, in the order of their servers. */
  public synchronized List<NodeReport> present() {
    long now = nanoTime.getAsLong();
    bySender.values().removeIf(heard -> now - heard.at > SILENT_NANOS);
    healthBySender.keySet().retainAll(bySender.keySet());
    return bySender.values().stream()
        .sorted(Comparator.comparing(Heard::server))
        .map(Heard::report)
        .toList();
  }

  /** How many of them report to this control. */
  public synchronized long here() {
    present();
    return bySender.values().stream().filter(heard -> heard.control == null).count();
  }

  /**
   * Where a node is that reports to another control.
   *
   * @param link the number of its link there; no later one has it
   */
  public record Elsewhere(OtherControl control, long link) {}

  /** Where a node is; null: it reports to this control, or to none. */
  public synchronized @Nullable Elsewhere elsewhere(String sender) {
    Heard heard = bySender.get(sender);
    return heard == null || heard.control == null || nanoTime.getAsLong() - heard.at > SILENT_NANOS
        ? null
        : new Elsewhere(heard.control, heard.report.stamp().epoch());
  }

  /**
   * What the nodes that report to this control have said last, where they said it since a time of
   * this one's clock.
   */
  public synchronized List<FleetMessage> saidHere(long since) {
    List<FleetMessage> said = new ArrayList<>();
    for (Heard heard : bySender.values()) {
      HeardHealth health = healthBySender.get(heard.report.stamp().sender());
      if (heard.control == null && heard.at - since >= 0) {
        said.add(heard.report);
      }
      if (heard.control == null && health != null && health.at - since >= 0) {
        said.add(health.health);
      }
    }
    return said;
  }

  /**
   * How well a node does; null where that isn't known: it has only come, has not said so for a
   * while, or is of an older version.
   */
  public synchronized @Nullable NodeHealth health(NodeReport report) {
    HeardHealth heard = fresh(report);
    return heard == null ? null : heard.health;
  }

  private @Nullable HeardHealth fresh(NodeReport report) {
    HeardHealth heard = healthBySender.get(report.stamp().sender());
    return heard == null
            || heard.health.stamp().epoch() != report.stamp().epoch()
            || nanoTime.getAsLong() - heard.at > STALE_NANOS
        ? null
        : heard;
  }

  /** Who uses keys of secrets that have a newer one, as the nodes that are there said last. */
  public synchronized OldKeyUse oldKeyUse() {
    OldKeyUse use = new OldKeyUse();
    for (NodeReport report : present()) {
      HeardHealth heard = fresh(report);
      if (heard == null) {
        use.addUnknown();
      } else {
        use.add(heard.health.oldKeys(), heard.revision);
      }
    }
    return use;
  }

  /** A node was removed: what it said last is of no use, nor is what it says yet. */
  public synchronized void forget(String sender) {
    gone.add(sender);
    bySender.remove(sender);
    healthBySender.remove(sender);
  }

  /** Listens no more. */
  public Future<Void> close() {
    return Future.join(reports.unregister(), healths.unregister()).mapEmpty();
  }
}
