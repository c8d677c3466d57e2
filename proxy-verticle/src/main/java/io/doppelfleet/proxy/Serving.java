package io.doppelfleet.proxy;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.dial.DialQueue;
import io.doppelfleet.proxy.dial.Waiting;
import io.doppelfleet.proxy.greeting.Greeter;
import io.doppelfleet.proxy.greeting.Guest;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.relay.Pair;
import io.doppelfleet.proxy.relay.PairTable;
import io.doppelfleet.proxy.relay.Scratch;
import io.doppelfleet.proxy.relay.Standing;
import io.doppelfleet.proxy.transport.HeaderReader;
import io.doppelfleet.proxy.transport.Obfuscated2;
import io.doppelfleet.proxy.transport.Refusal;
import io.doppelfleet.proxy.welcome.Departure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.security.SecureRandom;

/**
 * A client's life from the verdict on its hello to its pair, from top to bottom: {@link #serve
 * welcome}, {@link #open transport}, {@link #dial}, {@link #relay}. Whoever turns out to be no
 * client after the welcome leaves by a {@link Refusal}, or without a word. On one event loop.
 */
final class Serving implements Greeter.Next {
  private final Shared shared;
  private final DialQueue dials;
  private final SecureRandom random;
  private final Scratch scratch;
  private final PairTable pairs;
  private final PairTable ownPairs;

  /**
   * With what its loop has.
   *
   * @param pairs of clients
   * @param ownPairs of the node's own connections
   */
  Serving(
      Shared shared,
      DialQueue dials,
      SecureRandom random,
      Scratch scratch,
      PairTable pairs,
      PairTable ownPairs) {
    this.shared = shared;
    this.dials = dials;
    this.random = random;
    this.scratch = scratch;
    this.pairs = pairs;
    this.ownPairs = ownPairs;
  }

  @Override
  public void serve(Leg near, Guest guest, byte[] flight, long due, ByteBuf rest) {
    if (isOwn(guest)) {
      shared.own().serve(near);
    }
    Departure.await(
        due,
        near,
        rest,
        new Departure.Next() {
          @Override
          public void leaves(ByteBuf early) {
            answer(near, guest, flight, early);
          }

          @Override
          public void left() {
            failed(guest, "welcome", "left");
          }
        });
  }

  @Override
  public void refused(String reason) {
    shared.meters().failed("greeting", reason);
  }

  @Override
  public void wentShort(boolean ofCrowd) {
    shared.meters().wentShort(ofCrowd);
  }

  @Override
  public void undecided(int change) {
    shared.meters().undecided.addAndGet(change);
  }

  private boolean isOwn(Guest guest) {
    return shared.own().owns(guest.secret());
  }

  private void failed(Guest guest, String phase, String reason) {
    if (!isOwn(guest)) {
      shared.meters().failed(phase, reason);
    }
  }

  private void answer(Leg near, Guest guest, byte[] flight, ByteBuf rest) {
    near.write(Unpooled.wrappedBuffer(flight));
    near.flush();
    if (near.closed()) {
      rest.release();
      failed(guest, "welcome", "left");
    } else {
      open(near, guest, rest);
    }
  }

  private void open(Leg near, Guest guest, ByteBuf rest) {
    HeaderReader reader =
        new HeaderReader(
            near,
            guest.secret().key(),
            scratch.ciphers(),
            shared.options().limits().silence(),
            shared.doppel().profile().takesPlainAlerts(),
            new HeaderReader.Next() {
              @Override
              public void opened(Obfuscated2 stream, RecordReader records, ByteBuf early) {
                dial(near, guest, stream, records, early);
              }

              @Override
              public void refused(String reason) {
                refuse(near, guest, "transport", reason);
              }

              @Override
              public void over(String reason) {
                failed(guest, "transport", reason);
              }
            });
    near.handTo(reader);
    reader.start(rest);
  }

  private void dial(
      Leg near, Guest guest, Obfuscated2 stream, RecordReader records, ByteBuf early) {
    boolean own = isOwn(guest);
    if (!own) {
      shared
          .rules()
          .clientCame(guest.from(), guest.hello()); // what it sent is under its secret's key
    }
    DatacenterDials.Dials account =
        own ? DatacenterDials.unshown() : shared.meters().dials.to(stream.datacenter());
    long asked = System.nanoTime();
    DialQueue.Turn turn = dials.dial(shared.datacenters().of(stream.datacenter()));
    Waiting waiting =
        new Waiting(
            near,
            early,
            () -> {
              if (turn.cancel()) { // else it is counted by its result
                account.left(System.nanoTime() - asked);
                failed(guest, "dial", "left");
              }
            });
    turn.result()
        .onSuccess(
            far -> {
              account.connected(System.nanoTime() - asked);
              relay(near, guest, stream, records, waiting.take(), far);
            })
        .onFailure(
            failure -> {
              account.failed();
              waiting.take().release();
              refuse(near, guest, "dial", failure instanceof IOException ? "no answer" : "error");
            });
  }

  private void relay(
      Leg near, Guest guest, Obfuscated2 stream, RecordReader records, ByteBuf early, Leg far) {
    NamedSecret secret = guest.secret().named();
    AddressBits from = guest.from();
    Standing standing =
        isOwn(guest)
            ? Standing.SERVED
            : guest.gate().refuse(from.high(), from.low())
                ? Standing.LISTED
                : shared.standing(secret, from.high(), from.low());
    if (standing != Standing.SERVED) { // any more: it ends as a pair that is cut
      early.release();
      shared.accounts().cut(standing);
      far.close();
      near.close();
      return;
    }
    far.write(Unpooled.wrappedBuffer(stream.towardsDatacenter(random, scratch.ciphers())));
    far.flush();
    PairTable table = isOwn(guest) ? ownPairs : pairs;
    Pair.serve(secret, from, guest.gate(), near, records, stream, far, table).start(early);
  }

  private void refuse(Leg near, Guest guest, String phase, String reason) {
    failed(guest, phase, reason);
    near.handTo(LegHandler.NOBODY);
    Refusal.send(near, random);
  }
}
