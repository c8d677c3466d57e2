package io.doppelfleet.control.node;

import io.doppelfleet.fleet.FleetLeases;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Lease;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.Stamp;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom nodes' rules ban, in memory alone: nodes say it again. All nodes are told of all, together
 * with those of which somebody has lifted the ban. A node that is seized bans {@value
 * NodeLeases#MOST} addresses at the most, and no node, until it is removed. Safe for use by many
 * threads.
 */
public final class Leases {
  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
  private static final long EVERY_MILLIS = 10_000;

  /** What changes within so long is told together. */
  private static final long TOGETHER_MILLIS = 100;

  private final Vertx vertx;
  private final Context context;
  private final Sender sender;
  private final Supplier<List<NodeReport>> nodes;
  private final LongSupplier nanoTime;
  private final MessageConsumer<Buffer> told;
  private final long timer;

  /** In the order in which they were made. */
  private final Map<Prefix, Held> held = new LinkedHashMap<>();

  /** Those of which somebody has ended the ban, and until when that holds. */
  private final Map<Prefix, Long> lifted = new LinkedHashMap<>();

  private final Removed gone = new Removed();

  private boolean waits;

  /** Is told where it concerns other controls, too. */
  private volatile Runnable others = () -> {};

  /**
   * A lease that was told, until when by the monotonic clock.
   *
   * @param here whether its node told this control
   */
  private record Held(String sender, long end, boolean here) {}

  /**
   * A ban by a rule.
   *
   * @param sender of the messages of the node whose rule it is
   * @param seconds for how long yet
   */
  public record Present(Prefix prefix, String sender, int seconds) {}

  /**
   * Listens from now on.
   *
   * @param sender of this control's messages
   * @param nodes those that report
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  public Leases(
      Vertx vertx,
      Sender sender,
      Supplier<List<NodeReport>> nodes,
      LongSupplier nanoTime,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.sender = sender;
    this.nodes = nodes;
    this.nanoTime = nanoTime;
    this.told = vertx.eventBus().consumer(NodeLeases.ADDRESS, this::told);
    this.timer = vertx.setPeriodic(EVERY_MILLIS, tick -> tell());
    Gauge.builder("doppelfleet.control.rule.bans", () -> present().size())
        .description("Addresses that nodes' rules ban, as they told it to any control of the store")
        .register(meters);
  }

  private void told(Message<Buffer> message) {
    try {
      if (MessageJson.read(message.body().getBytes()) instanceof NodeLeases told
          && take(told.stamp().sender(), told.leases(), true)) {
        changed();
        others.run();
      }
    } catch (InvalidValueException e) {
      LOG.warn("what a node says of bans by rules was left: {}", e.getMessage());
    }
  }

  /** From now on this is told where there is something new for other controls; once, and soon. */
  public void onNews(Runnable told) {
    others = told;
  }

  /** A node told another control. */
  public void toldElsewhere(NodeLeases told) {
    if (take(told.stamp().sender(), told.leases(), false)) {
      changed();
    }
  }

  private synchronized boolean take(String node, List<Lease> leases, boolean here) {
    long now = nanoTime.getAsLong();
    forgetEnded(now);
    if (gone.has(node)) {
      return false;
    }
    long room =
        NodeLeases.MOST - held.values().stream().filter(each -> each.sender.equals(node)).count();
    boolean isNew = false;
    for (Lease each : leases) {
      long end = now + TimeUnit.SECONDS.toNanos(each.seconds());
      Held before = held.get(each.prefix());
      if (before != null && before.sender.equals(node)) {
        long left = Math.max(before.end - now, end - now);
        held.put(each.prefix(), new Held(node, now + left, here));
      } else if (before == null
          && room > 0
          && held.size() < FleetLeases.MOST
          && !lifted.containsKey(each.prefix())
          && !isNode(each.prefix())) {
        held.put(each.prefix(), new Held(node, end, here));
        room--;
        isNew = true;
      }
    }
    return isNew;
  }

  private void forgetEnded(long now) {
    held.values().removeIf(each -> now - each.end >= 0);
    lifted.values().removeIf(end -> now - end >= 0);
  }

  /** Where a node says to be by its name, nobody looks it up. */
  private boolean isNode(Prefix prefix) {
    return nodes.get().stream().anyMatch(report -> isOf(prefix, report.server().host()));
  }

  private static boolean isOf(Prefix prefix, String host) {
    try {
      Prefix address = Prefix.parse(host);
      return Prefix.containing(address.address(), prefix.length()).equals(prefix);
    } catch (InvalidValueException e) {
      return false; // a name
    }
  }

  /** Those that there are, in the order in which they were made. */
  public synchronized List<Present> present() {
    long now = nanoTime.getAsLong();
    forgetEnded(now);
    List<Present> all = new ArrayList<>();
    held.forEach((prefix, each) -> all.add(new Present(prefix, each.sender, left(each.end, now))));
    return all;
  }

  private static int left(long end, long now) {
    return (int) Math.ceilDiv(end - now, TimeUnit.SECONDS.toNanos(1));
  }

  /**
   * For a day no rule bans an address, and a ban by one ends, whether or not it is held here: a
   * node may have made one for which there was no room, or that it told another control.
   *
   * @param prefix such as a {@link Lease} has
   */
  public void lift(Prefix prefix) {
    synchronized (this) {
      long now = nanoTime.getAsLong();
      forgetEnded(now);
      lifted.remove(prefix);
      free(prefix, now + TimeUnit.SECONDS.toNanos(Lease.LONGEST), now);
    }
    changed();
    others.run();
  }

  /** Whether there is room for it: what ends soonest makes it, at all controls the same. */
  private boolean free(Prefix prefix, long end, long now) {
    if (lifted.size() == FleetLeases.MOST) {
      Map.Entry<Prefix, Long> soonest =
          Collections.min(
              lifted.entrySet(), Comparator.comparingLong(each -> each.getValue() - now));
      if (soonest.getValue() - end >= 0) {
        return false;
      }
      lifted.remove(soonest.getKey());
    }
    held.remove(prefix);
    lifted.put(prefix, end);
    return true;
  }

  /** Somebody has ended these bans at another control, for so long; where it isn't known here. */
  public void liftedElsewhere(List<Lease> all) {
    boolean isNew = false;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      forgetEnded(now);
      for (Lease each : all) {
        if (!lifted.containsKey(each.prefix())) {
          isNew |= free(each.prefix(), now + TimeUnit.SECONDS.toNanos(each.seconds()), now);
        }
      }
    }
    if (isNew) {
      changed();
    }
  }

  /**
   * What other controls are to know: whom the rules of nodes here ban, and of whom somebody has
   * ended the ban. Each holds a little shorter than here, so that what goes back and forth ends.
   */
  public synchronized List<FleetMessage> forOthers() {
    long now = nanoTime.getAsLong();
    forgetEnded(now);
    Map<String, List<Lease>> byNode = new TreeMap<>();
    held.forEach(
        (prefix, each) -> {
          if (each.here) {
            shorter(prefix, each.end, now)
                .ifPresent(
                    lease ->
                        byNode.computeIfAbsent(each.sender, first -> new ArrayList<>()).add(lease));
          }
        });
    List<FleetMessage> all = new ArrayList<>();
    byNode.forEach((node, leases) -> all.add(new NodeLeases(new Stamp(node, 0, 1), leases)));
    List<Lease> free = new ArrayList<>();
    lifted.forEach((prefix, end) -> shorter(prefix, end, now).ifPresent(free::add));
    if (!free.isEmpty()) {
      all.add(new FleetLeases(sender.next(), List.of(), free));
    }
    return all;
  }

  private static Optional<Lease> shorter(Prefix prefix, long end, long now) {
    int seconds = (int) TimeUnit.NANOSECONDS.toSeconds(end - now);
    return seconds == 0 ? Optional.empty() : Optional.of(new Lease(prefix, seconds));
  }

  /** A node was removed: what it said holds no longer, nor does what it says yet. */
  public void forget(String node) {
    synchronized (this) {
      gone.add(node);
      held.values().removeIf(each -> each.sender.equals(node));
    }
    changed();
  }

  private void changed() {
    context.runOnContext(
        go -> {
          if (!waits) {
            waits = true;
            vertx.setTimer(
                TOGETHER_MILLIS,
                waited -> {
                  waits = false;
                  tell();
                });
          }
        });
  }

  private void tell() {
    vertx.eventBus().publish(FleetLeases.ADDRESS, Buffer.buffer(MessageJson.write(all())));
  }

  private synchronized FleetLeases all() {
    long now = nanoTime.getAsLong();
    List<Lease> leases =
        present().stream().map(each -> new Lease(each.prefix, each.seconds)).toList();
    List<Lease> free = new ArrayList<>();
    lifted.forEach((prefix, end) -> free.add(new Lease(prefix, Math.max(1, left(end, now)))));
    return new FleetLeases(sender.next(), leases, free);
  }

  /** Says and hears no more. */
  public Future<Void> close() {
    vertx.cancelTimer(timer);
    return told.unregister();
  }
}
