package io.doppelfleet.control.peer;

import io.doppelfleet.control.link.Links;
import io.doppelfleet.fleet.BanQuestion;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that this control can speak to: the one beside it, and those whose links are open here.
 * From any thread.
 */
public final class NodesHere {
  /** So long a node may take; one that counts a million connections takes a tenth. */
  static final long ANSWER_MILLIS = 2_500;

  private final Vertx vertx;
  private final String own;
  private final @Nullable Links links;

  /**
   * With the links of nodes elsewhere.
   *
   * @param own what messages of the node beside this control are stamped with
   * @param links null: none may come in
   */
  public NodesHere(Vertx vertx, String own, @Nullable Links links) {
    this.vertx = vertx;
    this.own = own;
    this.links = links;
  }

  /** What messages of the node beside this control are stamped with. */
  public String own() {
    return own;
  }

  /** What a node answers to whom a ban would cut; fails where it doesn't, or isn't here. */
  public Future<Buffer> ask(String node, Buffer question) {
    if (node.equals(own)) {
      return vertx
          .eventBus()
          .<Buffer>request(
              BanQuestion.ADDRESS, question, new DeliveryOptions().setSendTimeout(ANSWER_MILLIS))
          .map(Message::body);
    }
    return links == null
        ? Future.failedFuture("no node comes in here")
        : links.ask(node, question).timeout(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Tells one to end when its clients have finished; fails where it has no link here, in time. */
  public Future<Void> drain(String node, long seconds) {
    return links == null
        ? Future.failedFuture("no node comes in here")
        : links.drain(node, seconds).timeout(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
  }
}
