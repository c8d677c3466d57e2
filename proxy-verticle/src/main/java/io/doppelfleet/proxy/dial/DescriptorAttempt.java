package io.doppelfleet.proxy.dial;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One by nobody where a leg is a descriptor: it is the leg from the beginning. */
final class DescriptorAttempt implements Attempt, LegHandler {
  private final Ways ways;
  private final Legs legs;
  private final InetSocketAddress to;
  private final Owner owner;
  private @Nullable Leg leg;
  private boolean over;

  DescriptorAttempt(Ways ways, Legs legs, InetSocketAddress to, Owner owner) {
    this.ways = ways;
    this.legs = legs;
    this.to = to;
    this.owner = owner;
  }

  @Override
  public void begin() {
    try {
      leg = ways.open(legs, to, this);
    } catch (IOException | RuntimeException e) { // of any kind: the next address has its turn
      failed(reason(e));
    }
  }

  /** Netty's is without a word where there is no route. */
  private static String reason(Exception e) {
    String message = e.getMessage();
    if (message == null) {
      return e instanceof NoRouteToHostException ? "no route to it" : e.getClass().getSimpleName();
    }
    return message;
  }

  private void failed(String why) {
    over = true;
    owner.failed(this, why);
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public @Nullable Trial trial() {
    return null;
  }

  @Override
  public Leg take(LegHandler handler) {
    Leg connected = Objects.requireNonNull(leg);
    connected.handTo(handler);
    return connected;
  }

  @Override
  public void fail() {
    giveUp();
    failed("no answer");
  }

  /** The number is nobody else's before this batch of events is through, see {@link Leg}. */
  @Override
  public void giveUp() {
    Leg opening = leg;
    if (opening != null) { // else its beginning failed
      opening.close();
    }
  }

  @Override
  public void drained() {
    over = true;
    owner.connected(this);
  }

  @Override
  public void gone() {
    failed("refused, or out of reach");
  }

  @Override
  public void received(ByteBuf bytes) {
    bytes.release();
  }

  @Override
  public void ended() {}
}
