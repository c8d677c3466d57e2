package io.doppelfleet.control.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.LimitQuestion.Addresses;
import io.doppelfleet.fleet.LimitQuestion.Use;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Stamp;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What nodes hold of limits, as other controls are yet to be told: of each node and secret what was
 * said last. So a node waits here once, however often it asks. For any threads.
 */
final class Holdings {
  /** As they take memory; a node's question with all that it may have takes 0.8 MB. */
  static final int MOST_BYTES = 8 << 20;

  /** So none takes all others' room. */
  static final int MOST_OF_NODE = 1 << 20;

  /** In a letter; so few have not more uses, or tokens, than a question may have. */
  private static final int AT_ONCE = 1 << 18;

  private static final int USE_BYTES = 300;
  private static final int TOKEN_BYTES = 24;

  private final SequencedMap<String, Node> byName = new LinkedHashMap<>();
  private int bytes;
  private long dropped;

  private static final class Node {
    final Map<String, Use> bySecret = new LinkedHashMap<>();
    Stamp stamp;
    int bytes;

    Node(Stamp stamp) {
      this.stamp = stamp;
    }
  }

  /** In the place of what waits yet of the same secrets; what there is no room for is counted. */
  synchronized void add(LimitQuestion holds) {
    String name = holds.stamp().sender();
    Node node = byName.computeIfAbsent(name, first -> new Node(holds.stamp()));
    boolean isOld = node.stamp.isAfter(holds.stamp());
    node.stamp = isOld ? node.stamp : holds.stamp();
    boolean whole = true;
    for (Use use : holds.uses()) {
      whole &= add(node, use, isOld);
    }
    dropped += whole ? 0 : 1;
    if (node.bySecret.isEmpty()) {
      byName.remove(name);
    }
  }

  private boolean add(Node node, Use use, boolean isOld) {
    Use waits = node.bySecret.get(use.secret());
    Use both = isOld && waits != null ? after(use, waits) : after(waits, use);
    int more = bytes(both) - (waits == null ? 0 : bytes(waits));
    if (node.bytes + more > MOST_OF_NODE || bytes + more > MOST_BYTES) {
      return false;
    }
    node.bySecret.put(use.secret(), both);
    node.bytes += more;
    bytes += more;
    return true;
  }

  /** What who hears one after the other knows then. */
  private static Use after(@Nullable Use first, Use then) {
    return new Use(
        then.secret(),
        then.connections() == null && first != null ? first.connections() : then.connections(),
        after(first == null ? null : first.addresses(), then.addresses()),
        then.rate() == null && first != null ? first.rate() : then.rate());
  }

  /** Each is told once. */
  private static @Nullable Addresses after(@Nullable Addresses first, @Nullable Addresses then) {
    if (then == null) {
      return first;
    }
    List<Integer> before =
        first == null || first.generation() != then.generation() ? List.of() : first.seen();
    List<Integer> seen =
        Stream.concat(then.seen().stream(), before.stream())
            .distinct()
            .limit(LimitQuestion.MOST_TOKENS)
            .toList();
    return new Addresses(then.generation(), List.of(), seen);
  }

  private static int bytes(Use use) {
    return USE_BYTES + use.tokens() * TOKEN_BYTES;
  }

  synchronized boolean isEmpty() {
    return byName.isEmpty();
  }

  /** Questions of nodes that weren't told, or not whole. */
  synchronized long dropped() {
    return dropped;
  }

  /**
   * What goes now, which is some 256 KB; of a node that has more the rest goes after all others.
   */
  List<Letter.Question> next() {
    return taken().stream()
        .map(holds -> new String(MessageJson.write(holds), UTF_8))
        .map(text -> new Letter.Question(Letter.Question.NOBODY, 0, Letter.Question.CONTROL, text))
        .toList();
  }

  private synchronized List<LimitQuestion> taken() {
    List<LimitQuestion> taken = new ArrayList<>();
    int least = bytes - Math.min(bytes, AT_ONCE);
    while (bytes > least) {
      Map.Entry<String, Node> first = byName.pollFirstEntry();
      Node node = first.getValue();
      taken.add(taken(node, least));
      if (!node.bySecret.isEmpty()) {
        byName.put(first.getKey(), node); // it may ask without end
      }
    }
    return taken;
  }

  private LimitQuestion taken(Node node, int least) {
    List<Use> uses = new ArrayList<>();
    Iterator<Use> waiting = node.bySecret.values().iterator();
    while (bytes > least && waiting.hasNext()) {
      Use use = waiting.next();
      waiting.remove();
      node.bytes -= bytes(use);
      bytes -= bytes(use);
      uses.add(use);
    }
    return new LimitQuestion(node.stamp, uses);
  }
}
