package io.doppelfleet.proxy.dial;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.TcpOptions;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import org.jspecify.annotations.Nullable;

/** One by an upstream, whose handshake is in a channel's pipeline, or where legs are channels. */
final class ChannelAttempt implements Attempt {
  private final ChannelFuture connected;
  private final @Nullable Trial trial;
  private final Legs legs;
  private final Owner owner;
  private boolean over;
  private boolean givenUp;

  /**
   * Of a connection that is being made.
   *
   * @param trial of the upstream; null: nobody is between
   */
  ChannelAttempt(ChannelFuture connected, @Nullable Trial trial, Legs legs, Owner owner) {
    this.connected = connected;
    this.trial = trial;
    this.legs = legs;
    this.owner = owner;
  }

  @Override
  public void begin() {
    connected.addListener(done -> onLoop(this::answered));
  }

  /** Where no socket could be made there is no channel of ours, and another thread says so. */
  private void onLoop(Runnable work) {
    EventLoop loop = legs.loop();
    if (loop.inEventLoop()) {
      work.run();
    } else {
      loop.execute(work);
    }
  }

  private void answered() {
    over = true;
    if (givenUp) {
      if (connected.isSuccess()) {
        connected.channel().close();
      }
    } else if (connected.isSuccess()) {
      owner.connected(this);
    } else {
      owner.failed(this, why(connected.cause()));
    }
  }

  private static String why(Throwable failure) {
    return failure instanceof UnresolvedAddressException
        ? "its name doesn't resolve"
        : String.valueOf(failure.getMessage());
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public @Nullable Trial trial() {
    return trial;
  }

  @Override
  public Leg take(LegHandler handler) throws IOException {
    TcpOptions.set(connected.channel().config());
    return legs.take(connected.channel(), "", handler);
  }

  @Override
  public void fail() {
    if (trial != null) {
      trial.drop();
    }
    connected.channel().close();
  }

  /**
   * Not closed before the batch of events is through: Netty finds the receiver of an event by the
   * descriptor's number. An event of this one may still come in the batch, and the next dial, if it
   * had the number by then, would take it for its own and itself for connected.
   */
  @Override
  public void giveUp() {
    givenUp = true;
    legs.loop().execute(this::closeUnsuccessful);
  }

  private void closeUnsuccessful() {
    if (!connected.isSuccess() && connected.channel().isRegistered()) {
      connected.channel().close();
    }
  }
}
