package io.doppelfleet.proxy.probe;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeHealth.Failure;
import io.doppelfleet.proxy.datacenter.PqQuestion;
import io.doppelfleet.proxy.front.ProxyVersion;
import io.doppelfleet.proxy.greeting.OwnConnections;
import io.doppelfleet.proxy.hello.KnownClients;
import io.doppelfleet.proxy.hello.SignedHello;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.proxy.transport.ClientStream;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Comes to this node's own listener as a client does, and asks each data centre, one at a time and
 * in another order each round, its first question. Where no connection to the listener was ever
 * made, the way there is none for the node itself, and nothing is told of data centres. All of it
 * is on one event loop.
 */
public final class SelfProbe {
  /** How often each data centre is asked. */
  public static final Duration EVERY = Duration.ofSeconds(60);

  /** Where accounts are. The others that Telegram has are caches of these. */
  private static final List<Integer> DATACENTERS = List.of(1, 2, 3, 4, 5);

  /** For the data centre's own time, once it is dialled. */
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** The longest time between two attempts, in mean ones. */
  private static final double LONGEST = 4;

  private static final Logger LOG = LoggerFactory.getLogger(SelfProbe.class);

  private final Vertx vertx;
  private final OwnConnections own;
  private final Supplier<String> host;
  private final Duration every;
  private final Duration answer;
  private final BooleanSupplier mayCome;
  private final Random random;
  private final Clock clock;
  private final List<Tally> tallies = DATACENTERS.stream().map(Tally::new).toList();

  /** Those of this round that wait for their turn. */
  private final Deque<Tally> round = new ArrayDeque<>();

  private volatile @Nullable ContextInternal context;
  private @Nullable ScheduledFuture<?> timer;
  private @Nullable Attempt attempt;
  private boolean wasThere;
  private boolean toldOfNoWay;
  private boolean over;

  /**
   * One that hasn't begun.
   *
   * @param own lets its connections in
   * @param host the name that clients ask the cover for
   * @param every how often each data centre is asked, on average; zero: never
   * @param dial how long the node tries to reach a data centre
   * @param mayCome whether a client would be taken now, and there is room for one
   * @param random of keys and times, must be unpredictable
   */
  public SelfProbe(
      Vertx vertx,
      OwnConnections own,
      Supplier<String> host,
      Duration every,
      Duration dial,
      BooleanSupplier mayCome,
      Random random,
      Clock clock) {
    this.vertx = vertx;
    this.own = own;
    this.host = host;
    this.every = every;
    this.answer = dial.plus(ANSWER);
    this.mayCome = mayCome;
    this.random = random;
    this.clock = clock;
  }

  /** Whether it asks at all. */
  public boolean isOn() {
    return !every.isZero();
  }

  /** What became of it, by data centre. */
  public List<Tally> tallies() {
    return tallies;
  }

  /** The last attempts at the data centres that were asked yet. */
  public List<NodeHealth.Probe> last() {
    return tallies.stream().map(Tally::last).flatMap(Stream::ofNullable).toList();
  }

  /**
   * Begins, where it is on.
   *
   * @param listener ours, its port filled in
   */
  public void begin(Entrance listener) {
    if (isOn()) {
      ContextInternal mine = ((VertxInternal) vertx).createEventLoopContext();
      context = mine;
      mine.runOnContext(go -> later(mine, listener));
    }
  }

  /** As if by chance, so that nobody sees a clock in it. */
  private void later(ContextInternal mine, Entrance listener) {
    if (!over) {
      double mean = (double) every.toMillis() / tallies.size();
      double share = Math.min(random.nextExponential(), LONGEST);
      long millis = Math.max(1, (long) (mean * share));
      timer =
          mine.nettyEventLoop().schedule(() -> come(mine, listener), millis, TimeUnit.MILLISECONDS);
    }
  }

  private void come(ContextInternal mine, Entrance listener) {
    if (!mayCome.getAsBoolean()) {
      later(mine, listener);
      return;
    }
    Tally tally = next();
    mine.executeBlocking(() -> errand(tally.datacenter(), listener), false)
        .compose(errand -> go(mine, Objects.requireNonNull(errand)))
        .onComplete(
            came -> {
              if (!over) {
                told(tally, came, listener);
                later(mine, listener);
              }
            });
  }

  private Tally next() {
    if (round.isEmpty()) {
      List<Tally> all = new ArrayList<>(tallies);
      Collections.shuffle(all, random);
      round.addAll(all);
    }
    return round.remove();
  }

  /** Takes some milliseconds. */
  private Errand errand(int datacenter, Entrance listener) throws UnknownHostException {
    InetAddress bound = InetAddress.getByName(listener.address().host());
    InetAddress here = bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
    long now = clock.instant().getEpochSecond();
    byte[] key = own.key();
    return new Errand(
        new InetSocketAddress(here, listener.address().port()),
        listener.routers().isEmpty() ? new byte[0] : ProxyVersion.V2.own(),
        new SignedHello(KnownClients.tdlib(), host.get(), key, now, random),
        new ClientStream(key, datacenter, random),
        new PqQuestion(random, now),
        answer);
  }

  private Future<Long> go(ContextInternal mine, Errand errand) {
    Attempt next = new Attempt(errand, mine.nettyEventLoop());
    if (!over) {
      attempt = next;
      next.go(
          new Bootstrap()
              .group(mine.nettyEventLoop())
              .channelFactory(mine.owner().transport().channelFactory(false))
              .option(ChannelOption.TCP_NODELAY, true),
          own);
    }
    return next.result();
  }

  private void told(Tally tally, AsyncResult<Long> came, Entrance listener) {
    if (came.succeeded()) {
      wasThere = true;
      boolean failed = tally.isFailing();
      tally.succeeded(came.result());
      if (failed) {
        LOG.info(
            "as a client of itself this node reaches data centre {} again", tally.datacenter());
      }
      return;
    }
    if (!mayCome.getAsBoolean()) {
      return; // who isn't taken now says nothing of those who are
    }
    Failure why =
        came.cause() instanceof Attempt.FailedException failed ? failed.why() : Failure.LISTENER;
    if (why == Failure.LISTENER && !wasThere) {
      tellOfNoWay(listener.address(), came.cause());
      return;
    }
    wasThere = true;
    boolean before = tally.isFailing();
    if (!before && tally.failed(why).isFailing()) {
      LOG.warn(
          "as a client of itself this node doesn't reach data centre {}: {}",
          tally.datacenter(),
          why.words());
    } else if (before) {
      tally.failed(why);
    }
  }

  private void tellOfNoWay(HostPort listener, Throwable why) {
    if (!toldOfNoWay) {
      toldOfNoWay = true;
      LOG.warn(
          "this node can't see whether it serves: it doesn't reach its own listener {} ({})",
          listener,
          String.valueOf(why.getMessage()));
    }
  }

  /** Comes no more. Done when nothing of it is open. */
  public Future<Void> end() {
    ContextInternal mine = context;
    if (mine == null) {
      return Future.succeededFuture();
    }
    Promise<Void> done = Promise.promise();
    mine.runOnContext(
        go -> {
          over = true;
          if (timer != null) {
            timer.cancel(false);
          }
          Attempt last = attempt;
          (last == null ? Future.<Void>succeededFuture() : last.end()).onComplete(done);
        });
    return done.future();
  }
}
