package io.doppelfleet.control.store;

import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.fleet.NodeName;
import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who the nodes of the fleet are, and which machines may become one. Safe for use by many threads,
 * all of which it may block: none may be an event loop.
 */
public final class Roster {
  /**
   * So long after a link was known to be open it still is, to another control: who has it says so
   * more often. Where the clocks of two are further apart neither knows of the other's.
   */
  private static final Duration OPEN = Duration.ofSeconds(8);

  private final Transactions transactions;
  private final Clock clock;

  Roster(Transactions transactions, Clock clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * Lets the machine that brings a token become a node of this name, once. An earlier token for the
   * name ends by it, and those that ended long ago are forgotten.
   *
   * @param hash of the token, hex of SHA-256
   * @return the version of all nodes since; empty where one has the name
   * @throws SeenException where others were changed since they were seen
   * @throws StoreException where the store is away
   */
  public OptionalLong invite(NodeName name, String hash, Instant expires, Intent intent)
      throws StoreException {
    return transactions.run(
        "the token can't be written",
        (connection, rows) -> {
          Transactions.locked(rows);
          AuditRows audit = new AuditRows(connection);
          audit.check(Kind.NODE, intent.seen());
          NodeRows nodes = new NodeRows(connection);
          if (nodes.named(name.text()) != null) {
            return OptionalLong.empty();
          }
          nodes.invite(name.text(), hash, expires, now());
          JsonObject invited = new JsonObject().put("invited", expires.toString());
          long version =
              audit.changed(
                  intent.edit("made a token for node " + name),
                  new Deed(Kind.NODE, name.text(), null, invited),
                  now());
          transactions.commit(connection);
          return OptionalLong.of(version);
        });
  }

  /**
   * Makes a machine a node, and its token good for nothing, at once or not at all.
   *
   * @param hash of the token that it brought
   * @param fingerprint of its public key, hex of SHA-256
   * @param origin its address
   * @throws StoreException where the store is away
   */
  public Admission join(String hash, String fingerprint, String origin) throws StoreException {
    return transactions.run(
        "the node can't be written",
        (connection, rows) -> {
          NodeRows nodes = new NodeRows(connection);
          String atFirst = wrong(nodes, nodes.token(hash), fingerprint);
          if (atFirst != null) { // strangers keep no writer waiting
            return new Admission.Refused(atFirst);
          }
          Transactions.locked(rows);
          NodeRows.Token token = nodes.token(hash);
          String wrong = wrong(nodes, token, fingerprint);
          if (token == null || wrong != null) {
            return new Admission.Refused(String.valueOf(wrong));
          }
          Member member = nodes.join(token.name(), fingerprint, now());
          nodes.use(hash, now());
          new AuditRows(connection)
              .changed(
                  new Edit("node " + member.name(), origin, "joined the fleet"),
                  new Deed(Kind.NODE, member.name(), null, view(member)),
                  now());
          transactions.commit(connection);
          return new Admission.Admitted(member, 0);
        });
  }

  private @Nullable String wrong(NodeRows nodes, NodeRows.@Nullable Token token, String fingerprint)
      throws SQLException {
    if (token == null) {
      return "the token is not of this fleet, or another took its place: ask for a new one";
    }
    if (token.used() != null) {
      return "the token was used already, at " + token.used() + ": ask for a new one";
    }
    if (!token.expires().isAfter(now())) {
      return "the token ended at " + token.expires() + ": ask for a new one";
    }
    if (nodes.named(token.name()) != null || nodes.byKey(fingerprint) != null) {
      return "there is a node " + token.name() + " already, or one with this key";
    }
    return null;
  }

  /**
   * The link of a node is opened, unless another process of it has one that is open at another
   * control.
   *
   * @param fingerprint of its public key, hex of SHA-256
   * @param instance of its process, 32 hex digits
   * @throws StoreException where the store is away
   */
  public Admission open(String fingerprint, String instance) throws StoreException {
    return transactions.run(
        "the node's link can't be written",
        (connection, rows) -> {
          NodeRows nodes = new NodeRows(connection);
          NodeRows.Known atFirst = nodes.byKey(fingerprint);
          if (atFirst == null || atFirst.removed()) { // nor do those that were removed
            return refused(atFirst);
          }
          Transactions.locked(rows);
          NodeRows.Known known = nodes.byKey(fingerprint);
          if (known == null || known.removed()) {
            return refused(known);
          }
          if (isHeld(known, instance)) {
            return new Admission.Held(known.member());
          }
          long epoch = nodes.open(known, instance, now());
          transactions.commit(connection);
          return new Admission.Admitted(known.member(), epoch);
        });
  }

  private static Admission refused(NodeRows.@Nullable Known known) {
    return known == null
        ? new Admission.Refused(
            "its key is not in this control's store, which may have been restored from before")
        : new Admission.Removed(known.member().name());
  }

  private boolean isHeld(NodeRows.Known known, String instance) {
    String holder = known.instance();
    Instant seen = known.member().seen();
    return isShared()
        && holder != null
        && !holder.equals(instance)
        && seen != null
        && Duration.between(seen, now()).abs().compareTo(OPEN) < 0;
  }

  /**
   * Whether other controls may have links of the same nodes: then {@link #seen} is to be called
   * each few seconds.
   */
  public boolean isShared() {
    return transactions.areShared();
  }

  /**
   * The link of a node has ended, so any process of it may come; one that was opened since stays.
   *
   * @param epoch of the link
   * @throws StoreException where the store is away
   */
  public void left(long id, long epoch) throws StoreException {
    transactions.run(
        "which nodes are there can't be written",
        (connection, rows) -> {
          new NodeRows(connection).left(id, epoch, now());
          transactions.commit(connection);
          return null;
        });
  }

  /**
   * The links of these nodes are open, by their ids.
   *
   * @throws StoreException where the store is away
   */
  public void seen(Collection<Long> ids) throws StoreException {
    transactions.run(
        "which nodes are there can't be written",
        (connection, rows) -> {
          new NodeRows(connection).seen(ids, now());
          transactions.commit(connection);
          return null;
        });
  }

  /**
   * How it is with each node that ever joined, by its id.
   *
   * @throws StoreException where the store is away
   */
  public Map<Long, Standing> standings() throws StoreException {
    return transactions.run(
        "the nodes can't be read", (connection, rows) -> new NodeRows(connection).standings());
  }

  /**
   * The keys of nodes that were removed, by their fingerprints.
   *
   * @throws StoreException where the store is away
   */
  public Set<String> removedKeys() throws StoreException {
    return transactions.run(
        "the nodes can't be read", (connection, rows) -> new NodeRows(connection).removedKeys());
  }

  /**
   * The names of all nodes that ever joined, by what their messages are stamped with.
   *
   * @throws StoreException where the store is away
   */
  public Map<String, String> names() throws StoreException {
    return transactions.run(
        "the nodes can't be read", (connection, rows) -> new NodeRows(connection).names());
  }

  /**
   * All nodes, by their names.
   *
   * @throws StoreException where the store is away
   */
  public List<Member> all() throws StoreException {
    return transactions.run(
        "the nodes can't be read", (connection, rows) -> new NodeRows(connection).all());
  }

  /**
   * The node of this name belongs to the fleet no more, and holds no limited bytes; empty where
   * there is none.
   *
   * @throws SeenException where others were changed since they were seen
   * @throws StoreException where the store is away
   */
  public Optional<Removed> remove(String name, Intent intent) throws StoreException {
    return transactions.run(
        "the node can't be removed",
        (connection, rows) -> {
          Transactions.locked(rows);
          AuditRows audit = new AuditRows(connection);
          audit.check(Kind.NODE, intent.seen());
          NodeRows nodes = new NodeRows(connection);
          Member member = nodes.named(name);
          if (member == null) {
            return Optional.<Removed>empty();
          }
          nodes.remove(member.id(), now());
          Traffic.newEpoch(new TrafficRows(connection), member.sender());
          long version =
              audit.changed(
                  intent.edit("removed node " + name),
                  new Deed(Kind.NODE, name, view(member), null),
                  now());
          transactions.announce(connection);
          transactions.commit(connection);
          return Optional.of(new Removed(member, version));
        });
  }

  /**
   * The node beside a control that is gone holds no limited bytes, and what is granted isn't
   * divided by it any more; what it has moved stays.
   *
   * @param name what its messages are stamped with
   * @return the version of all nodes since; empty where it never was, or has told nothing since it
   *     was removed
   * @throws SeenException where others were changed since they were seen
   * @throws StoreException where the store is away
   */
  public OptionalLong removeBeside(String name, Intent intent) throws StoreException {
    return transactions.run(
        "the node can't be removed",
        (connection, rows) -> {
          Transactions.locked(rows);
          AuditRows audit = new AuditRows(connection);
          audit.check(Kind.NODE, intent.seen());
          TrafficRows traffic = new TrafficRows(connection);
          if (!traffic.hasTold(name)) {
            return OptionalLong.empty();
          }
          Traffic.newEpoch(traffic, name);
          long version =
              audit.changed(
                  intent.edit("removed node " + name),
                  new Deed(Kind.NODE, name, new JsonObject(), null),
                  now());
          transactions.commit(connection);
          return OptionalLong.of(version);
        });
  }

  /**
   * A node that was one.
   *
   * @param version of all that are left
   */
  public record Removed(Member member, long version) {}

  private static JsonObject view(Member member) {
    return new JsonObject().put("joined", member.joined().toString());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
