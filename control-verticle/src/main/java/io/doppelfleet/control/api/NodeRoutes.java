package io.doppelfleet.control.api;

import io.doppelfleet.control.link.Links;
import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.peer.Peers;
import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.control.store.Member;
import io.doppelfleet.control.store.Roster;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.NodeName;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Nodes elsewhere: who may become one, who is one, and who is no more. */
final class NodeRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(NodeRoutes.class);

  private final Fleet fleet;
  private final Roster roster;
  private final NodeViews views;
  private final OwnPassword ownPassword;
  private final Clock clock;
  private final RandomGenerator random;

  private final Drains noted = new Drains();

  NodeRoutes(
      Fleet fleet, NodeViews views, OwnPassword ownPassword, Clock clock, RandomGenerator random) {
    this.fleet = fleet;
    this.roster = fleet.store().roster();
    this.views = views;
    this.ownPassword = ownPassword;
    this.clock = clock;
    this.random = random;
  }

  void addTo(Api api) {
    api.add("listNodes", call -> list());
    api.add("inviteNode", this::invite);
    api.add("removeNode", this::remove);
    api.add("drainNode", this::drain);
  }

  private Answer list() throws StoreException {
    long version = fleet.store().audit().version(Kind.NODE); // older than the list: no harm
    long revision = fleet.store().latest().revision();
    return Answer.of(
        version, new JsonObject().put("revision", revision).put("nodes", views.joined(revision)));
  }

  /** The one answer that has a token in it. */
  private Answer invite(Call call) throws Problem, StoreException {
    ownPassword.check(call); // a machine that has come in stays, too
    Links links = fleet.links();
    if (links == null) {
      throw Problem.of(
          409, "no node may come in here: set control.nodes.listen, and start it anew");
    }
    Call.Body body = call.body();
    String text = body.text("name");
    if (Secret.isPerhapsIn(text)) {
      throw Problem.of(400, "name", "has a secret, it seems, where a name belongs");
    }
    if (Sender.isOwnNode(text)) {
      throw Problem.of(
          400, "name", "is one of those of nodes beside their control: another is right");
    }
    NodeName name = new NodeName(text);
    long time = body.number("time");
    Instant expiry = clock.instant().plusSeconds(time).truncatedTo(ChronoUnit.SECONDS);
    byte[] secret = new byte[JoinToken.SECRET_LENGTH];
    random.nextBytes(secret);
    long version =
        roster
            .invite(name, JoinToken.fingerprint(secret), expiry, call.intent())
            .orElseThrow(
                () ->
                    Problem.of(
                        409,
                        "name",
                        "is \""
                            + name
                            + "\", which is a node already: take another, or remove it"));
    LOG.info("{} made a token for node {}", call.caller().author(), name);
    return Answer.created(
        version,
        new JsonObject()
            .put("name", name.text())
            .put("expiry", expiry.toString())
            .put("token", links.token(secret).toText()));
  }

  /** The node's own reports tell what comes of it. */
  private Answer drain(Call call) throws Problem, StoreException {
    String name = call.text("name");
    long seconds = call.body().number("time");
    Member member =
        roster.all().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() -> Problem.of(404, "there is no node \"" + name + "\""));
    Long link = link(member);
    if (link == null) {
      throw Problem.of(
          409, "its link isn't open at any control, so it can't be told: stop it where it runs");
    }
    String author = call.caller().author();
    String drains = "drains node " + name;
    // Before: nobody is drained of whom nothing is noted.
    noted.begins(member.id(), link, author, () -> note(call, drains, name, seconds));
    boolean told = isTold(member, seconds);
    String ended = told ? drains : "isn't known to have reached node " + name + " to drain it";
    noted.ends(member.id(), link, author, told, () -> note(call, ended, name, seconds));
    if (!told) {
      throw Problem.of(
          503,
          "whether the node was told isn't known, as its link has just moved or ended, or is slow:"
              + " try again soon");
    }
    LOG.info("{} drains node {}, for {} s at most", author, name, seconds);
    return Answer.of(0, new JsonObject().put("name", name).put("time", seconds));
  }

  private void note(Call call, String what, String name, long seconds) throws StoreException {
    fleet
        .store()
        .audit()
        .note(
            call.edit(what),
            new Deed(Kind.NODE, name, null, new JsonObject().put("time", seconds)));
  }

  /** The number of a node's link, here or at another control; null: none is open. */
  private @Nullable Long link(Member member) {
    Links links = fleet.links();
    Long here = links == null ? null : links.epoch(member);
    Nodes.Elsewhere elsewhere = fleet.nodes().elsewhere(member.sender());
    return here == null && elsewhere != null ? Long.valueOf(elsewhere.link()) : here;
  }

  private boolean isTold(Member member, long seconds) {
    Links links = fleet.links();
    Nodes.Elsewhere elsewhere = fleet.nodes().elsewhere(member.sender());
    Peers peers = fleet.peers();
    boolean isHere = links != null && links.isOpen(member);
    Future<Void> told =
        isHere || elsewhere == null || peers == null
            ? fleet.here().drain(member.sender(), seconds)
            : peers.drain(elsewhere.control(), member.sender(), seconds);
    return told.map(true)
        .otherwise(false)
        .toCompletionStage()
        .toCompletableFuture()
        .join(); // some seconds at most
  }

  private Answer remove(Call call) throws Problem, StoreException {
    String name = call.text("name");
    Optional<Roster.Removed> removal = roster.remove(name, call.intent());
    return removal.isPresent() ? removed(call, removal.get()) : removeBeside(call, name);
  }

  private Answer removed(Call call, Roster.Removed removal) {
    Member removed = removal.member();
    Links links = fleet.links();
    if (links != null) {
      links.drop(removed);
    }
    fleet.nodes().forget(removed.sender());
    fleet.leases().forget(removed.sender());
    fleet.limits().forget(removed.sender());
    Peers peers = fleet.peers();
    if (peers != null) {
      peers.removed(removed.sender());
    }
    noted.forget(removed.id());
    LOG.info("{} removed node {}", call.caller().author(), removed.name());
    return Answer.of(removal.version(), new JsonObject().put("name", removed.name()));
  }

  /** One that never joined, for it is beside a control, which has to be gone. */
  private Answer removeBeside(Call call, String name) throws Problem, StoreException {
    Problem none = Problem.of(404, "there is no node \"" + name + "\"");
    if (!Sender.isOwnNode(name)) {
      throw none;
    }
    if (name.equals(fleet.ownNode())) {
      throw Problem.of(409, "\"" + name + "\" is this control's own: it can't be removed here");
    }
    // A control of before V10 leaves no word in the store, but is heard.
    if (fleet.store().controls().present().stream().map(Sender::ownNode).anyMatch(name::equals)
        || fleet.nodes().present().stream()
            .anyMatch(report -> report.stamp().sender().equals(name))) {
      throw Problem.of(
          409,
          "\""
              + name
              + "\" is beside a control that was there a minute ago: stop that for good, and try"
              + " again in a minute");
    }
    long version = roster.removeBeside(name, call.intent()).orElseThrow(() -> none);
    LOG.info("{} removed node {}", call.caller().author(), name);
    return Answer.of(version, new JsonObject().put("name", name));
  }
}
