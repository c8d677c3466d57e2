package io.doppelfleet.control.api;

import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.store.Moved;
import io.doppelfleet.control.store.NodeTotal;
import io.doppelfleet.control.store.SecretTotal;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What has passed in all, and who is connected now. */
final class Totals {
  private static final Sum NONE = new Sum(Moved.NONE, 0);

  /** Of a secret that nothing has passed by. */
  static final JsonObject NOTHING = NONE.json();

  private final List<SecretTotal> all;
  private final Set<String> present;
  private final Map<String, String> names;

  private Totals(List<SecretTotal> all, Set<String> present, Map<String, String> names) {
    this.all = all;
    this.present = present;
    this.names = names;
  }

  /** Of these secrets; null: of all. */
  static Totals of(@Nullable Collection<String> secrets, Store store, Nodes nodes)
      throws StoreException {
    return new Totals(store.traffic().totals(secrets), senders(nodes), store.roster().names());
  }

  /**
   * Of all secrets together.
   *
   * @param all of all nodes
   * @param bySender by what messages of a node are stamped with
   */
  record OfNodes(JsonObject all, Map<String, JsonObject> bySender) {}

  /** Of all secrets together, which the store adds up. */
  static OfNodes ofNodes(Store store, Nodes nodes) throws StoreException {
    Set<String> present = senders(nodes);
    Sum all = NONE;
    Map<String, JsonObject> bySender = new TreeMap<>();
    for (NodeTotal total : store.traffic().nodeTotals()) {
      Sum sum = new Sum(total.moved(), present.contains(total.node()) ? total.open() : 0);
      bySender.put(total.node(), sum.json());
      all = all.plus(sum);
    }
    return new OfNodes(all.json(), bySender);
  }

  private static Set<String> senders(Nodes nodes) {
    return nodes.present().stream()
        .map(report -> report.stamp().sender())
        .collect(Collectors.toSet());
  }

  /** How much, and of now; the connections of a node that is away are none. */
  private record Sum(Moved moved, long open) {
    Sum plus(Sum other) {
      return new Sum(moved.plus(other.moved), open + other.open);
    }

    JsonObject json() {
      return Totals.json(moved).put("open", open);
    }
  }

  static JsonObject json(Moved moved) {
    return new JsonObject()
        .put("up", moved.up())
        .put("down", moved.down())
        .put("opened", moved.opened());
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Of all together. */
  JsonObject json() {
    return sum().json();
  }

  /** Connections now, of all together. */
  long open() {
    return sum().open;
  }

  private Sum sum() {
    return all.stream().map(this::sum).reduce(NONE, Sum::plus);
  }

  /** By the name of the secret. */
  Map<String, JsonObject> bySecret() {
    return by(SecretTotal::secret);
  }

  /** By the name of the node: of one that was removed, and joined anew, together. */
  Map<String, JsonObject> byNode() {
    return by(total -> nameOf(total.node()));
  }

  /** What the operator calls a node that reports. */
  String nameOf(String sender) {
    return names.getOrDefault(sender, sender);
  }

  private Map<String, JsonObject> by(Function<SecretTotal, String> name) {
    Map<String, Sum> sums = new TreeMap<>();
    all.forEach(total -> sums.merge(name.apply(total), sum(total), Sum::plus));
    Map<String, JsonObject> json = new TreeMap<>();
    sums.forEach((each, sum) -> json.put(each, sum.json()));
    return json;
  }

  private Sum sum(SecretTotal total) {
    return new Sum(total.moved(), present.contains(total.node()) ? total.open() : 0);
  }
}
