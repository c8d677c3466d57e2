package io.doppelfleet.control.api;

import io.doppelfleet.control.link.Links;
import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.node.OtherControl;
import io.doppelfleet.control.store.Member;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeReport;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is told of nodes: of those that report, and of those that joined and don't. */
final class NodeViews {
  /**
   * What rests is late by a few milliseconds, others each time: nobody who listens is to be told
   * for that.
   */
  private static final int LAG_STEP = 50;

  /** Nor do two probes that are well take the same time. */
  private static final int MILLIS_STEP = 50;

  private final Fleet fleet;

  NodeViews(Fleet fleet) {
    this.fleet = fleet;
  }

  /**
   * The nodes that report, those that joined by their names.
   *
   * @param traffic by what messages of a node are stamped with
   */
  JsonArray present(long revision, Map<String, JsonObject> traffic) throws StoreException {
    Map<String, Member> bySender = new HashMap<>();
    fleet.store().roster().all().forEach(member -> bySender.put(member.sender(), member));
    JsonArray present = new JsonArray();
    for (NodeReport report : fleet.nodes().present()) {
      String sender = report.stamp().sender();
      Member member = bySender.get(sender);
      JsonObject view =
          new JsonObject()
              .put("role", member == null ? "all" : "proxy")
              .put("traffic", traffic.getOrDefault(sender, Totals.NOTHING));
      if (member != null) {
        view.put("name", member.name());
        secondHolder(view, member);
      } else if (!sender.equals(fleet.here().own())) {
        view.put("name", sender);
      }
      present.add(reported(view, report, revision));
    }
    return present;
  }

  /** Those that joined and don't report. */
  JsonArray away() throws StoreException {
    Set<String> senders = new HashSet<>();
    fleet.nodes().present().forEach(report -> senders.add(report.stamp().sender()));
    JsonArray away = new JsonArray();
    for (Member member : fleet.store().roster().all()) {
      if (!senders.contains(member.sender())) {
        JsonObject view = new JsonObject().put("name", member.name());
        seen(view, member.seen());
        away.add(view);
      }
    }
    return away;
  }

  /** All that joined. */
  JsonArray joined(long revision) throws StoreException {
    Map<String, NodeReport> bySender = new HashMap<>();
    fleet.nodes().present().forEach(report -> bySender.put(report.stamp().sender(), report));
    JsonArray joined = new JsonArray();
    List<Member> all = fleet.store().roster().all();
    for (Member member : all) {
      Links links = fleet.links();
      JsonObject view =
          new JsonObject()
              .put("name", member.name())
              .put("joined", member.joined().toString())
              .put(
                  "connected",
                  (links != null && links.isOpen(member))
                      || fleet.nodes().elsewhere(member.sender()) != null);
      seen(view, member.seen());
      secondHolder(view, member);
      NodeReport report = bySender.get(member.sender());
      joined.add(report == null ? view : reported(view, report, revision));
    }
    return joined;
  }

  private JsonObject reported(JsonObject view, NodeReport report, long revision) {
    if (report.draining()) {
      view.put("draining", true);
    }
    Nodes.Elsewhere elsewhere = fleet.nodes().elsewhere(report.stamp().sender());
    if (elsewhere != null) {
      view.put("control", of(elsewhere.control()));
    }
    NodeHealth health = fleet.nodes().health(report);
    if (health != null) {
      view.put("health", of(health));
    }
    return view.put("server", report.server().toString())
        .put("cover", report.cover())
        .put("revision", report.revision())
        .put("behind", report.revision() < revision)
        .put("clients", report.clients());
  }

  private static JsonObject of(OtherControl control) {
    JsonObject view = new JsonObject().put("number", control.number());
    HostPort address = control.address();
    return address == null ? view : view.put("address", address.toString());
  }

  private static JsonObject of(NodeHealth health) {
    return new JsonObject()
        .put("version", health.version())
        .put("lag", health.lag() / LAG_STEP * LAG_STEP)
        .put("coverDown", health.coverDown())
        .put("reached", new JsonArray(health.reached()))
        .put("unreached", new JsonArray(health.unreached()))
        .put("probes", new JsonArray(health.probes().stream().map(NodeViews::of).toList()));
  }

  private static JsonObject of(NodeHealth.Probe probe) {
    JsonObject view =
        new JsonObject()
            .put("datacenter", probe.datacenter())
            .put("failures", Math.min(probe.failures(), NodeHealth.Probe.FAILING))
            .put("failing", probe.isFailing());
    NodeHealth.Failure failure = probe.failure();
    if (failure != null) {
      view.put("failure", failure.name().toLowerCase(Locale.ROOT));
    }
    Integer millis = probe.millis();
    return millis == null
        ? view
        : view.put("millis", Math.ceilDiv((long) millis, MILLIS_STEP) * MILLIS_STEP);
  }

  private static void seen(JsonObject view, @Nullable Instant seen) {
    if (seen != null) {
      view.put("seen", seen.toString());
    }
  }

  private void secondHolder(JsonObject view, Member member) {
    Links links = fleet.links();
    Instant at = links == null ? null : links.secondHolder(member.id());
    if (at != null) {
      view.put("secondHolder", at.toString());
    }
  }
}
