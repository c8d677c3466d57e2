package io.doppelfleet.proxy.dial;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens legs from one event loop. Addresses are tried one after the other, the next when the last
 * one failed or has not answered for 250 ms (<a href="https://www.rfc-editor.org/rfc/rfc8305">RFC
 * 8305</a>); the first that connects wins.
 */
public final class Dialler {
  private static final long NEXT_AFTER_MILLIS = 250;

  private final EventLoop loop;
  private final ChannelFactory<? extends Channel> channels;
  private final Legs legs;

  /** For an event loop, with the channels that belong to it. */
  public Dialler(Legs legs, ChannelFactory<? extends Channel> channels) {
    this.loop = legs.loop();
    this.channels = channels;
    this.legs = legs;
  }

  /**
   * Dials.
   *
   * @param addresses in the order to try them
   * @param timeout of all attempts together
   * @param handler of the leg that the result is
   * @return fails with an {@link IOException} when no address connected
   */
  public Future<Leg> dial(List<InetSocketAddress> addresses, Duration timeout, LegHandler handler) {
    Dial dial = new Dial(addresses, handler);
    dial.start(timeout);
    return dial.result.future();
  }

  private final class Dial {
    private final Promise<Leg> result = Promise.promise();
    private final List<InetSocketAddress> addresses;
    private final LegHandler handler;
    private final List<ChannelFuture> attempts = new ArrayList<>(1);
    private int failed;
    private boolean done;
    private @Nullable ScheduledFuture<?> end;
    private @Nullable ScheduledFuture<?> next;

    Dial(List<InetSocketAddress> addresses, LegHandler handler) {
      this.addresses = addresses;
      this.handler = handler;
    }

    void start(Duration timeout) {
      end =
          loop.schedule(
              () -> fail("no answer in " + timeout.toMillis() + " ms"),
              timeout.toMillis(),
              TimeUnit.MILLISECONDS);
      tryNext();
    }

    private void tryNext() {
      if (done) {
        return;
      }
      if (attempts.size() == addresses.size()) {
        if (failed == attempts.size()) {
          fail("none of " + failed + " addresses takes a connection");
        }
        return;
      }
      ChannelFuture attempt =
          new Bootstrap()
              .group(loop)
              .channelFactory(channels)
              .option(ChannelOption.AUTO_READ, false)
              .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
              .option(ChannelOption.TCP_NODELAY, true)
              .option(ChannelOption.SO_KEEPALIVE, true)
              .handler(new Silent())
              .connect(addresses.get(attempts.size()));
      attempts.add(attempt);
      attempt.addListener((ChannelFuture connected) -> answered(connected));
      if (!done && attempts.size() < addresses.size()) {
        next = loop.schedule(this::tryNext, NEXT_AFTER_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    private void answered(ChannelFuture attempt) {
      if (done) {
        attempt.channel().close();
      } else if (attempt.isSuccess()) {
        finish();
        try {
          result.complete(legs.take(attempt.channel(), "", handler));
        } catch (IOException e) {
          result.fail(e);
        }
      } else {
        failed++;
        cancel(next);
        tryNext();
      }
    }

    private void fail(String why) {
      finish();
      result.fail(new IOException(why));
    }

    private void finish() {
      done = true;
      cancel(end);
      cancel(next);
      for (ChannelFuture attempt : attempts) {
        if (!attempt.isSuccess()) {
          attempt.channel().close();
        }
      }
    }

    private static void cancel(@Nullable ScheduledFuture<?> timer) {
      if (timer != null) {
        timer.cancel(false);
      }
    }
  }

  /** Until the leg is made; an attempt that fails says so by its future. */
  private static final class Silent extends ChannelInboundHandlerAdapter {
    @Override
    public boolean isSharable() {
      return true;
    }
  }
}
