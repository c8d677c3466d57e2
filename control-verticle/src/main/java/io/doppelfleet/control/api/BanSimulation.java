package io.doppelfleet.control.api;

import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.peer.Peers;
import io.doppelfleet.control.store.Member;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.BanAnswer;
import io.doppelfleet.fleet.BanQuestion;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks all nodes whom a ban would cut: how many connections, never which addresses. */
final class BanSimulation {
  /** Under way at once: each asks all nodes. */
  private static final int MOST = 4;

  private final Fleet fleet;
  private final Sender sender;
  private final AtomicInteger underWay = new AtomicInteger();

  /** With the sender of its questions. */
  BanSimulation(Fleet fleet, Sender sender) {
    this.fleet = fleet;
    this.sender = sender;
  }

  /**
   * What a node said.
   *
   * @param sender whose answer it has to be
   * @param answer null: none came
   */
  private record Heard(String name, String sender, @Nullable Buffer answer) {}

  /** What nodes have said in time, not read yet: there may be some MB of it. */
  record Answers(Prefix prefix, List<Heard> heard) {
    /** What is answered to who asked: of a state's secrets, for a node may name what it likes. */
    JsonObject view(FleetState state) {
      Set<String> known =
          BanQuestion.namesSecrets(prefix)
              ? state.secrets().stream().map(FleetSecret::name).collect(Collectors.toSet())
              : Set.of();
      Map<String, Long> bySecret = new HashMap<>();
      Map<String, Long> byNode = new TreeMap<>();
      JsonArray silent = new JsonArray();
      long all = 0;
      for (Heard each : heard) {
        BanAnswer answer = read(each);
        if (answer == null) {
          silent.add(each.name);
        } else {
          all += answer.connections();
          byNode.put(each.name, (long) answer.connections());
          answer.secrets().stream()
              .filter(one -> known.contains(one.secret()))
              .forEach(one -> bySecret.merge(one.secret(), (long) one.connections(), Long::sum));
        }
      }
      return new JsonObject()
          .put("prefix", prefix.toString())
          .put("connections", all)
          .put("secrets", most(bySecret))
          .put("nodes", named(byNode))
          .put("silent", silent);
    }

    private static @Nullable BanAnswer read(Heard heard) {
      if (heard.answer == null) {
        return null;
      }
      try {
        return MessageJson.read(heard.answer.getBytes()) instanceof BanAnswer answer
                && answer.stamp().sender().equals(heard.sender)
            ? answer
            : null;
      } catch (InvalidValueException e) {
        return null; // it is another's fault, and the node is as good as silent
      }
    }

    private static JsonArray most(Map<String, Long> bySecret) {
      Map<String, Long> most = new LinkedHashMap<>();
      bySecret.entrySet().stream()
          .sorted(
              Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                  .thenComparing(Map.Entry.comparingByKey()))
          .limit(BanAnswer.MOST_SECRETS)
          .forEach(each -> most.put(each.getKey(), each.getValue()));
      return named(most);
    }

    private static JsonArray named(Map<String, Long> counts) {
      JsonArray named = new JsonArray();
      counts.forEach(
          (name, count) -> named.add(new JsonObject().put("name", name).put("connections", count)));
      return named;
    }
  }

  /** Asks on a worker thread whom there is to ask; the answers come later. */
  Future<Answers> ask(Prefix prefix) throws Problem, StoreException {
    if (underWay.incrementAndGet() > MOST) {
      underWay.decrementAndGet();
      throw Problem.later(1);
    }
    List<Future<Heard>> heard = new ArrayList<>();
    try {
      Buffer question = Buffer.buffer(MessageJson.write(new BanQuestion(sender.next(), prefix)));
      for (NodeReport report : fleet.nodes().present()) {
        String node = report.stamp().sender();
        if (Sender.isOwnNode(node)) {
          heard.add(heard(node, node, asked(node, question)));
        }
      }
      for (Member member : fleet.store().roster().all()) {
        heard.add(heard(member.name(), member.sender(), asked(member.sender(), question)));
      }
    } catch (StoreException | RuntimeException e) {
      underWay.decrementAndGet();
      throw e;
    }
    return Future.join(heard)
        .map(all -> new Answers(prefix, heard.stream().map(Future::result).toList()))
        .onComplete(all -> underWay.decrementAndGet());
  }

  private Future<Buffer> asked(String node, Buffer question) {
    Nodes.Elsewhere elsewhere = fleet.nodes().elsewhere(node);
    Peers peers = fleet.peers();
    return elsewhere == null || peers == null
        ? fleet.here().ask(node, question)
        : peers.ask(elsewhere.control(), node, question);
  }

  private static Future<Heard> heard(String name, String sender, Future<Buffer> answer) {
    return answer
        .map(text -> new Heard(name, sender, text))
        .otherwise(new Heard(name, sender, null));
  }
}
