package io.doppelfleet.proxy.rule;

import io.doppelfleet.fleet.FleetLeases;
import io.doppelfleet.fleet.Lease;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells controls whom this node's rules ban, at each change and every {@value #EVERY_MILLIS} ms as
 * long as there are any, and hears of the other nodes'.
 */
public final class LeaseExchange {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseExchange.class);
  private static final long EVERY_MILLIS = 2_000;

  /** What changes within so long is told together. */
  private static final long TOGETHER_MILLIS = 50;

  private final Vertx vertx;
  private final Context context;
  private final Sender sender;
  private final RuleBans bans;
  private final MessageConsumer<Buffer> heard;
  private final long timer;
  private boolean waits;

  /**
   * Begins.
   *
   * @param sender of this node's messages
   */
  public LeaseExchange(Vertx vertx, Sender sender, RuleBans bans) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.sender = sender;
    this.bans = bans;
    this.heard = vertx.eventBus().consumer(FleetLeases.ADDRESS, this::heard);
    this.timer = vertx.setPeriodic(EVERY_MILLIS, tick -> tell());
    bans.onOwn(() -> context.runOnContext(made -> soon()));
  }

  private void soon() {
    if (!waits) {
      waits = true;
      vertx.setTimer(
          TOGETHER_MILLIS,
          waited -> {
            waits = false;
            tell();
          });
    }
  }

  /** Who is told of none any more knows when the last ones end. */
  private void tell() {
    List<Lease> own = bans.own();
    if (!own.isEmpty()) {
      NodeLeases told = new NodeLeases(sender.next(), own);
      vertx.eventBus().publish(NodeLeases.ADDRESS, Buffer.buffer(MessageJson.write(told)));
    }
  }

  /** In order, and off the event loop, for it may be long. */
  private void heard(Message<Buffer> message) {
    context
        .executeBlocking(
            () -> {
              if (MessageJson.read(message.body().getBytes()) instanceof FleetLeases all) {
                bans.heard(all);
              }
              return null;
            })
        .onFailure(
            e -> LOG.warn("what a control says of bans by rules was left: {}", e.getMessage()));
  }

  /** Says and hears no more. */
  public Future<Void> end() {
    vertx.cancelTimer(timer);
    return heard.unregister();
  }
}
