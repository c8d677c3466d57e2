package io.doppelfleet.proxy.dial;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens legs from one event loop. Addresses are tried one after the other, the next when the last
 * one failed or has not answered for 250 ms (<a href="https://www.rfc-editor.org/rfc/rfc8305">RFC
 * 8305</a>), or for a second where an upstream is between; the first that connects wins.
 */
public final class Dialler {
  /**
   * Sockets that the dials of one loop may have open besides one each. Where they are all taken, an
   * address that doesn't answer makes room for the next one instead of waiting beside it.
   */
  public static final int SPARE_SOCKETS = 64;

  private static final long NEXT_AFTER_MILLIS = 250;

  /** Of one dial by upstreams, but that each of them is tried. */
  private static final int MOST_ATTEMPTS = 8;

  private final EventLoop loop;
  private final Legs legs;
  private final Bootstrap bootstrap;
  private int spareSockets = SPARE_SOCKETS;

  /** For an event loop, with the channels that belong to it. */
  public Dialler(Legs legs, ChannelFactory<? extends Channel> channels) {
    this.loop = legs.loop();
    this.legs = legs;
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(channels)
            .disableResolver()
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .handler(new Silent());
  }

  /**
   * Dials at once, however many dials are under way.
   *
   * @param addresses in the order to try them
   * @param timeout of all attempts together
   * @param handler of the leg that the result is
   */
  public Dial dial(List<InetSocketAddress> addresses, Duration timeout, LegHandler handler) {
    return dial(addresses, Ways.DIRECT, timeout, handler);
  }

  /**
   * The same, from where and by whom the ways say: each upstream with the first address, then each
   * with the next one, since one may reach what another doesn't; 8 times, or once by each upstream
   * where there are more.
   */
  public Dial dial(
      List<InetSocketAddress> addresses, Ways ways, Duration timeout, LegHandler handler) {
    Dial dial = new Dial(addresses, ways, handler);
    dial.start(timeout);
    return dial;
  }

  /** Attempts at one target. */
  public final class Dial implements Attempt.Owner {
    private final Promise<Leg> result = Promise.promise();
    private final List<InetSocketAddress> addresses;
    private final Ways ways;
    private final List<Upstreams.Health> upstreams;
    private final int most;
    private final LegHandler handler;
    private final List<Attempt> attempts = new ArrayList<>(1);
    private final Set<Upstreams.Health> charged = new HashSet<>(0);
    private int failed;

    /** Each once: where a machine has no IPv6, that is not the one that matters. */
    private String reasons = "";

    private int borrowed;
    private boolean done;
    private @Nullable ScheduledFuture<?> end;
    private @Nullable ScheduledFuture<?> next;

    private Dial(List<InetSocketAddress> addresses, Ways ways, LegHandler handler) {
      this.addresses = addresses;
      this.ways = ways;
      this.upstreams = ways.order();
      this.most =
          upstreams.isEmpty()
              ? addresses.size()
              : Math.min(
                  addresses.size() * upstreams.size(), Math.max(MOST_ATTEMPTS, upstreams.size()));
      this.handler = handler;
    }

    /**
     * The leg; fails with an {@link IOException} when no address connected. Where the loop's legs
     * are released meanwhile nobody is told anything.
     */
    public Future<Leg> result() {
      return result.future();
    }

    /** Nobody wants the leg any more: gives up what is open, and tells no result. */
    public void cancel() {
      if (!done) {
        finish();
      }
    }

    private void start(Duration timeout) {
      end =
          loop.schedule(
              () -> fail("no answer in " + timeout.toMillis() + " ms"),
              timeout.toMillis(),
              TimeUnit.MILLISECONDS);
      tryNext();
    }

    private void tryNext() {
      if (attempts.size() == most) {
        if (failed == attempts.size()) {
          String none =
              upstreams.isEmpty()
                  ? "none of " + failed + " addresses takes a connection"
                  : "none of " + upstreams.size() + " upstreams connects";
          fail(none + ": " + reasons);
        }
        return;
      }
      Attempt attempt = attempt(attempts.size());
      attempts.add(attempt);
      attempt.begin();
      if (!attempt.isOver() && attempts.size() < most) {
        next =
            loop.schedule(
                this::tryBeside,
                upstreams.isEmpty() ? NEXT_AFTER_MILLIS : Trial.PATIENCE_MILLIS,
                TimeUnit.MILLISECONDS);
      }
    }

    private Attempt attempt(int number) {
      if (!upstreams.isEmpty()) {
        Trial trial = new Trial(upstreams.get(number % upstreams.size()));
        InetSocketAddress to = addresses.get(number / upstreams.size());
        return new ChannelAttempt(ways.connect(bootstrap, to, trial), trial, legs, this);
      }
      InetSocketAddress to = addresses.get(number);
      return legs.opens()
          ? new DescriptorAttempt(ways, legs, to, this)
          : new ChannelAttempt(ways.connect(bootstrap, to), null, legs, this);
    }

    private void tryBeside() {
      if (spareSockets > 0) {
        spareSockets--;
        borrowed++;
        tryNext();
        return;
      }
      for (Attempt attempt : attempts) {
        if (!attempt.isOver()) {
          attempt.fail(); // and so the next one begins
          return;
        }
      }
    }

    @Override
    public void connected(Attempt attempt) {
      Trial trial = attempt.trial();
      if (trial != null) {
        ways.succeeded(trial.by());
        chargeSilent(trial.by());
      }
      finish();
      Leg leg;
      try {
        leg = attempt.take(handler);
      } catch (IOException e) {
        result.fail(e);
        return;
      }
      result.complete(leg);
    }

    @Override
    public void failed(Attempt attempt, String why) {
      if (done) {
        return;
      }
      if (legs.released()) { // that says nothing of the address
        finish();
        return;
      }
      failed++;
      if (!reasons.contains(why)) {
        reasons = reasons.isEmpty() ? why : reasons + "; " + why;
      }
      Trial trial = attempt.trial();
      if (trial != null && trial.failedItself()) {
        charge(trial.by(), why);
      }
      cancel(next);
      tryNext();
    }

    /** Once for all addresses: it's one client that it didn't serve. */
    private void charge(Upstreams.Health by, String why) {
      if (charged.add(by)) {
        ways.failed(by, why);
      }
    }

    /** Who lost a race is only slow, unless nothing at all was heard of it. */
    private void chargeSilent(Upstreams.@Nullable Health winner) {
      for (Attempt attempt : attempts) {
        Trial trial = attempt.trial();
        if (trial != null && !attempt.isOver() && !trial.by().equals(winner) && trial.isSilent()) {
          charge(trial.by(), "no answer");
        }
      }
    }

    private void fail(String why) {
      chargeSilent(null);
      finish();
      result.fail(new IOException(why));
    }

    private void finish() {
      done = true;
      spareSockets += borrowed;
      cancel(end);
      cancel(next);
      for (Attempt attempt : attempts) {
        if (!attempt.isOver()) {
          attempt.giveUp();
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
