package io.doppelfleet.control.link;

import io.doppelfleet.fleet.EpochRequest;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.HelloQuestion;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.SeenHellos;
import io.doppelfleet.fleet.StateRequest;
import io.doppelfleet.fleet.TrafficReport;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.function.Consumer;

/**
 * What a node says to the fleet over its open link, on its way to the bus. It is read in order, and
 * off the event loop, for it may be long; meanwhile nothing more is taken.
 */
final class Intake {
  private final Vertx vertx;
  private final NetSocket socket;
  private final Session session;
  private final String sender;
  private final long epoch;
  private final HelloBounds bounds;
  private final Questions questions;

  /** Messages that are being read. */
  private int reading;

  /**
   * Of a link that is open now.
   *
   * @param sender what the node's messages are stamped with
   * @param epoch of the link, which they are stamped with too
   */
  Intake(
      Vertx vertx,
      NetSocket socket,
      Session session,
      String sender,
      long epoch,
      HelloBounds bounds,
      Questions questions) {
    this.vertx = vertx;
    this.socket = socket;
    this.session = session;
    this.sender = sender;
    this.epoch = epoch;
    this.bounds = bounds;
    this.questions = questions;
  }

  void told(Buffer text) {
    read(
        text,
        message -> {
          String to = Told.address(message);
          if (to == null) {
            session.broken("that is nothing that nodes tell");
          } else if (message.stamp().epoch() == epoch) { // or it is of a link before
            vertx.eventBus().publish(to, text);
          }
        });
  }

  /** Within its bounds. */
  void hellos(Buffer text) {
    read(
        text,
        message -> {
          if (message instanceof SeenHellos) {
            vertx.eventBus().send(SeenHellos.ADDRESS, text);
          } else {
            session.broken("that is nothing that nodes tell of hellos");
          }
        });
  }

  void asked(int question, Buffer text) {
    read(
        text,
        message -> {
          switch (message) {
            case StateRequest request -> questions.ask(StateRequest.ADDRESS, question, text);
            case EpochRequest request -> questions.ask(EpochRequest.ADDRESS, question, text);
            case TrafficReport report -> questions.ask(TrafficReport.ADDRESS, question, text);
            case LimitQuestion asks when asks.stamp().epoch() == epoch ->
                questions.ask(LimitQuestion.ADDRESS, question, text);
            case LimitQuestion asks -> questions.decline(question); // or none of later would count
            case HelloQuestion asks when bounds.allows(asks.from(), System.nanoTime()) ->
                questions.ask(HelloQuestion.ADDRESS, question, text);
            case HelloQuestion asks -> questions.decline(question);
            default -> session.broken("that is nothing that nodes ask");
          }
        });
  }

  private void read(Buffer text, Consumer<FleetMessage> then) {
    if (reading++ == 0) {
      socket.pause();
    }
    vertx
        .executeBlocking(() -> MessageJson.read(text.getBytes()))
        .onComplete(
            read -> {
              if (--reading == 0) {
                socket.resume();
              }
            })
        .onSuccess(
            message -> {
              String said = message.stamp().sender();
              if (!session.isOpen()) {
                return;
              }
              if (said.equals(sender)) {
                then.accept(message);
              } else {
                session.broken("a message says that it is another's: " + said);
              }
            })
        .onFailure(session::unanswered);
  }
}
