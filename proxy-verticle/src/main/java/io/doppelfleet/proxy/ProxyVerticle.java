package io.doppelfleet.proxy;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.address.PrefixSet;
import io.doppelfleet.proxy.address.ListGate;
import io.doppelfleet.proxy.cover.Splices;
import io.doppelfleet.proxy.dial.DialQueue;
import io.doppelfleet.proxy.dial.Dialler;
import io.doppelfleet.proxy.dial.Outbound;
import io.doppelfleet.proxy.dial.Ways;
import io.doppelfleet.proxy.doppel.Shaper;
import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.greeting.FirstBytes;
import io.doppelfleet.proxy.greeting.Greeter;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.proxy.listen.Listener;
import io.doppelfleet.proxy.relay.Account;
import io.doppelfleet.proxy.relay.PairTable;
import io.doppelfleet.proxy.relay.Scratch;
import io.doppelfleet.proxy.relay.Standing;
import io.doppelfleet.proxy.welcome.Welcome;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop of the data plane. A connection's life: {@link #accepted}, greeting, and then a
 * client's goes on with {@link Serving}; whoever turns out to be none leaves for the cover.
 */
final class ProxyVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyVerticle.class);
  private static final long TICK_MILLIS = 1000;

  /** To open a connection to the cover. How long a far one takes is nothing that we judge. */
  private static final Duration COVER_TIMEOUT = Duration.ofSeconds(10);

  /** Vert.x closes what is left only after we have: the pairs that we cut are counted. */
  private static final Duration AFTER_DRAIN = Duration.ofSeconds(10);

  private final Shared shared;
  private final int number;
  private final SecureRandom random = new SecureRandom();
  private final RandomGenerator draws;
  private final Welcome welcome;
  private final Scratch scratch;
  private final List<Listener> listeners = new ArrayList<>();
  private final LoopBytes bytes;
  private final PairTable pairs;

  /** Of the node's own connections: what these move is nobody's, and no state has their secret. */
  private final PairTable ownPairs;

  private final LoopLag lag = new LoopLag();

  /** One for all: made for each connection it would be 16 bytes of it. */
  private final Runnable left;

  @SuppressWarnings("NullAway.Init") // start() comes first
  private Legs legs;

  @SuppressWarnings("NullAway.Init") // start() comes first
  private DialQueue dials;

  @SuppressWarnings("NullAway.Init") // start() comes first
  private Greeter greeter;

  @SuppressWarnings("NullAway.Init") // start() comes first
  private Door door;

  @SuppressWarnings("NullAway.Init") // start() comes first
  private BehindRouters behindRouters;

  /** On the first loop. */
  private @Nullable Lookout lookout;

  ProxyVerticle(Shared shared, int number) {
    this.shared = shared;
    this.number = number;
    this.left = shared.admission()::left;
    ProxyOptions.Limits limits = shared.options().limits();
    int loops = shared.options().loops();
    this.bytes =
        new LoopBytes(
            limits.waitingPerConnection(),
            limits.waitingInAll() / loops,
            FirstBytes.RESERVED_READS * shared.admission().limit() / loops);
    this.welcome = new Welcome(random, shared.doppel());
    this.draws = new SplittableRandom(random.nextLong());
    this.scratch =
        new Scratch(random, new Shaper(shared.doppel(), shared.options().shaping(), draws));
    this.pairs = new PairTable(limits.idle(), shared.accounts(), scratch, shared.link(), number);
    this.ownPairs = new PairTable(limits.idle(), new PairTable.Accounts(), scratch);
  }

  @Override
  public Future<?> start() {
    ContextInternal own = (ContextInternal) context;
    ProxyOptions options = shared.options();
    legs = new Legs(own.nettyEventLoop(), bytes);
    Dialler dialler = new Dialler(legs, own.owner().transport().channelFactory(false));
    Outbound outbound = options.outbound();
    Ways ways = new Ways(shared.upstreams(), outbound.bind(), outbound.mark(), draws);
    if (number == 0) {
      lookout = Lookout.begin(vertx, shared, legs.loop(), dialler, ways);
    }
    dials =
        new DialQueue(
            dialler, ways, legs.loop(), options.limits().dialTimeout(), LegHandler.NOBODY);
    Splices splices = new Splices(shared.cover(), dialler, pairs, COVER_TIMEOUT);
    greeter =
        new Greeter(
            shared.secrets(),
            shared.replays(),
            shared.others(),
            shared.rules(),
            shared.freshness(),
            shared.accounts().books(),
            welcome,
            splices,
            shared.own(),
            shared.doppel(),
            bytes,
            options.limits().silence(),
            shared.pressure(),
            new Serving(shared, dials, random, scratch, pairs, ownPairs));
    door = new Door(greeter, shared.networks(), shared.meters());
    behindRouters = new BehindRouters(door, shared.meters(), shared.own());
    lag.begin();
    shared.meters().loop(number, lag, bytes::waiting, dials::waiting);
    vertx.setPeriodic(
        TICK_MILLIS,
        timer -> {
          boolean onTime = lag.tick();
          pairs.tick();
          if (onTime) { // or who spoke in time may not have been heard yet
            greeter.tick();
          }
          ownPairs.tick();
        });
    return Future.all(
        IntStream.range(0, options.listen().size())
            .mapToObj(place -> listen(options.listen().get(place), shared.lists().gate(place)))
            .toList());
  }

  @Override
  public Future<?> stop() {
    lag.end();
    if (lookout != null) {
      lookout.end();
    }
    pairs.cutAll();
    ownPairs.cutAll();
    legs.release();
    return Future.succeededFuture();
  }

  private Future<?> listen(Entrance entrance, ListGate gate) {
    PrefixSet routers = entrance.routers().isEmpty() ? null : PrefixSet.of(entrance.routers());
    return Listener.open(
            vertx,
            entrance.address(),
            shared.admission(),
            socket -> accepted(socket, routers, gate))
        .onSuccess(listeners::add);
  }

  private void accepted(NetSocketInternal socket, @Nullable PrefixSet routers, ListGate gate) {
    var context = socket.channelHandlerContext();
    InetSocketAddress from = (InetSocketAddress) context.channel().remoteAddress();
    InetSocketAddress to = (InetSocketAddress) context.channel().localAddress();
    try {
      Leg near = legs.take(context.channel(), context.name(), LegHandler.NOBODY);
      if (from == null || to == null) { // reset before it was accepted
        near.onClose(left);
        near.close();
      } else if (routers == null) {
        door.enter(near, new Ends(from, to), gate, Unpooled.EMPTY_BUFFER, left);
      } else {
        near.onClose(left);
        behindRouters.accepted(near, new Ends(from, to), routers, gate);
      }
    } catch (IOException e) {
      shared.admission().left();
      LOG.warn("a connection was closed: {}", e.getMessage());
    }
  }

  List<HostPort> listening() {
    return listeners.stream().map(Listener::address).toList();
  }

  /** How it is at this moment, from any thread. */
  Vitals.Loop vitals() {
    return new Vitals.Loop(
        lag.worstSeconds(), lag.overdueSeconds(), bytes.waiting(), dials.waiting());
  }

  /** Takes no more connections. */
  Future<?> stopListening() {
    Duration longer = shared.options().limits().drain().plus(AFTER_DRAIN);
    return Future.all(listeners.stream().map(listener -> listener.shutdown(longer)).toList());
  }

  /** From now on, from any thread, who comes goes to the cover. */
  void leave() {
    context.runOnContext(go -> greeter.leave());
  }

  /** Cuts, from any thread, the pairs of clients that would not be let in now. */
  void sweep() {
    context.runOnContext(go -> pairs.sweep(shared::standing, legs.loop()));
  }

  /** Counts, from any thread, the pairs of clients that a judge would cut, by secret. */
  CompletableFuture<Map<String, Integer>> count(Standing.Judge judge) {
    CompletableFuture<Map<String, Integer>> counted = new CompletableFuture<>();
    context.runOnContext(go -> pairs.count(judge, legs.loop(), counted));
    return counted;
  }

  /** Forgets, from any thread, those of these accounts that are its own and have no pair now. */
  void forget(Collection<Account> unused) {
    context.runOnContext(go -> pairs.forget(unused));
  }

  /** Ends all pairs from any thread; the result is their number. */
  Future<Integer> cutAll() {
    Promise<Integer> cut = Promise.promise();
    context.runOnContext(go -> cut.complete(pairs.cutAll()));
    return cut.future();
  }
}
