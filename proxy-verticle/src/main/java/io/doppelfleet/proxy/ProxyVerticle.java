package io.doppelfleet.proxy;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.cover.Splices;
import io.doppelfleet.proxy.dial.DialQueue;
import io.doppelfleet.proxy.dial.Dialler;
import io.doppelfleet.proxy.dial.Waiting;
import io.doppelfleet.proxy.greeting.Greeter;
import io.doppelfleet.proxy.greeting.LiveSecret;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.doppelfleet.proxy.listen.Listener;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.record.Records;
import io.doppelfleet.proxy.relay.Pair;
import io.doppelfleet.proxy.relay.PairTable;
import io.doppelfleet.proxy.relay.Passage;
import io.doppelfleet.proxy.relay.Scratch;
import io.doppelfleet.proxy.transport.HeaderReader;
import io.doppelfleet.proxy.transport.Obfuscated2;
import io.doppelfleet.proxy.transport.Refusal;
import io.doppelfleet.proxy.welcome.Welcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
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
import java.util.List;

/**
 * One event loop of the data plane. A connection's life, from top to bottom: {@link #accepted},
 * greeting, {@link #welcome}, {@link #open transport}, {@link #dial}, {@link #relay}; whoever turns
 * out to be no client leaves for the cover, or, after the welcome, by a {@link Refusal}.
 */
final class ProxyVerticle extends VerticleBase {
  private static final long TICK_MILLIS = 1000;

  /** More than one read and an early hello come to, so that an upload is always one chunk. */
  private static final int SCRATCH = 96 * 1024;

  /** Vert.x closes what is left only after we have: the pairs that we cut are counted. */
  private static final Duration AFTER_DRAIN = Duration.ofSeconds(10);

  private static final Passage DOWNLOAD = new Passage.Download();

  private final Shared shared;
  private final int number;
  private final SecureRandom random = new SecureRandom();
  private final Welcome welcome = new Welcome(random);
  private final Scratch scratch = Scratch.of(SCRATCH);
  private final List<Listener> listeners = new ArrayList<>();
  private final LoopBytes bytes;
  private final PairTable pairs;

  @SuppressWarnings("NullAway.Init") // start() comes first
  private DialQueue dials;

  @SuppressWarnings("NullAway.Init") // start() comes first
  private Greeter greeter;

  ProxyVerticle(Shared shared, int number) {
    this.shared = shared;
    this.number = number;
    ProxyOptions.Limits limits = shared.options().limits();
    int loops = shared.options().loops();
    this.bytes =
        new LoopBytes(
            limits.waitingPerConnection(),
            limits.waitingInAll() / loops,
            2 * shared.admission().limit() / loops);
    this.pairs = new PairTable(limits.idle(), shared.accounts());
  }

  @Override
  public Future<?> start() {
    ContextInternal own = (ContextInternal) context;
    ProxyOptions options = shared.options();
    EventLoop loop = own.nettyEventLoop();
    Duration timeout = options.limits().dialTimeout();
    Dialler dialler = new Dialler(loop, own.owner().transport().channelFactory(false), bytes);
    dials = new DialQueue(dialler, loop, Records.HEADER_LENGTH, timeout, Nobody.HERE);
    Splices splices = new Splices(shared.cover(), dialler, pairs, timeout);
    greeter =
        new Greeter(
            shared.secrets(),
            shared.replays(),
            shared.clock(),
            options.limits().clockTolerance(),
            welcome,
            splices,
            new AfterGreeting());
    LoopLag lag = new LoopLag();
    shared.meters().loop(number, lag, bytes::waiting, dials::waiting);
    vertx.setPeriodic(
        TICK_MILLIS,
        timer -> {
          lag.tick();
          pairs.tick();
        });
    return Future.all(options.listen().stream().map(this::listen).toList());
  }

  private Future<?> listen(HostPort address) {
    return Listener.open(vertx, address, shared.admission(), this::accepted)
        .onSuccess(listeners::add);
  }

  private void accepted(NetSocketInternal socket) {
    var context = socket.channelHandlerContext();
    Leg near = Leg.take(context.channel(), context.name(), 0, bytes, Nobody.HERE);
    near.onClose(shared.admission()::left);
    InetSocketAddress from = near.remoteAddress();
    if (from == null) { // reset before it was accepted
      near.close();
      return;
    }
    greeter.greet(near, from);
  }

  private final class AfterGreeting implements Greeter.Next {
    @Override
    public void serve(Leg near, LiveSecret secret, byte[] flight, ByteBuf rest) {
      welcome(near, secret, flight, rest);
    }

    @Override
    public void refused(String reason) {
      shared.meters().failed("greeting", reason);
    }

    @Override
    public void undecided(int change) {
      shared.meters().undecided.addAndGet(change);
    }
  }

  private void welcome(Leg near, LiveSecret secret, byte[] flight, ByteBuf rest) {
    near.handTo(Nobody.HERE);
    near.write(Unpooled.wrappedBuffer(flight));
    near.flush();
    if (near.closed()) {
      rest.release();
      shared.meters().failed("welcome", "left");
    } else {
      open(near, secret, rest);
    }
  }

  private void open(Leg near, LiveSecret secret, ByteBuf rest) {
    HeaderReader reader =
        new HeaderReader(
            near,
            secret.key(),
            scratch.uploads(),
            shared.options().limits().silence(),
            new HeaderReader.Next() {
              @Override
              public void opened(Obfuscated2 stream, RecordReader records, ByteBuf early) {
                dial(near, stream, records, early);
              }

              @Override
              public void refused(String reason) {
                refuse(near, "transport", reason);
              }

              @Override
              public void left() {
                shared.meters().failed("transport", "left");
              }
            });
    near.handTo(reader);
    reader.start(rest);
  }

  private void dial(Leg near, Obfuscated2 stream, RecordReader records, ByteBuf early) {
    DialQueue.Turn turn = dials.dial(shared.datacenters().of(stream.datacenter()));
    Waiting waiting =
        new Waiting(
            near,
            early,
            () -> {
              turn.cancel();
              shared.meters().failed("dial", "left");
            });
    turn.result()
        .onSuccess(far -> relay(near, stream, records, waiting.take(), far))
        .onFailure(
            failure -> {
              waiting.take().release();
              refuse(near, "dial", failure instanceof IOException ? "no answer" : "error");
            });
  }

  private void relay(Leg near, Obfuscated2 stream, RecordReader records, ByteBuf early, Leg far) {
    Obfuscated2.Opening opening = stream.towardsDatacenter(random, scratch.datacenters());
    far.write(Unpooled.wrappedBuffer(opening.header()));
    Passage upload = new Passage.Upload(scratch, records, stream.upload(), opening.upload());
    Pair.join(Pair.Kind.CLIENT, near, upload, far, DOWNLOAD, pairs).start(early);
    far.flush();
  }

  private void refuse(Leg near, String phase, String reason) {
    shared.meters().failed(phase, reason);
    near.handTo(Nobody.HERE);
    Refusal.send(near, random);
  }

  List<HostPort> listening() {
    return listeners.stream().map(Listener::address).toList();
  }

  /** Takes no more connections. */
  Future<?> stopListening() {
    Duration longer = shared.options().limits().drain().plus(AFTER_DRAIN);
    return Future.all(listeners.stream().map(listener -> listener.shutdown(longer)).toList());
  }

  /** Ends all pairs from any thread; the result is their number. */
  Future<Integer> cutAll() {
    Promise<Integer> cut = Promise.promise();
    context.runOnContext(go -> cut.complete(pairs.cutAll()));
    return cut.future();
  }

  /** Between two phases, and after the last: bytes are not wanted, the end needs nobody. */
  private enum Nobody implements LegHandler {
    HERE;

    @Override
    public void received(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void ended() {}

    @Override
    public void drained() {}

    @Override
    public void gone() {}
  }
}
