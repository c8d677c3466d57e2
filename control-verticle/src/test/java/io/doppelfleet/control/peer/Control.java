package io.doppelfleet.control.peer;

import io.doppelfleet.control.node.Hellos;
import io.doppelfleet.control.node.Leases;
import io.doppelfleet.control.node.LimitShares;
import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.KnownHellos;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.Limits.AddressLimit;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.SeenHellos;
import io.doppelfleet.fleet.Sender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** A control but for its API and its links. */
final class Control implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final FleetState STATE =
      FleetState.of(
          1,
          List.of(
              new FleetSecret(
                  "alice",
                  List.of(
                      new KeyGeneration(
                          1, Secret.of(new byte[16], "cover.example"), Instant.EPOCH, null)),
                  new Limits(5, new AddressLimit(2, Duration.ofHours(1)), Map.of(), null, null),
                  Set.of())));

  final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicLong nanos = new AtomicLong();
  final Set<Long> told = ConcurrentHashMap.newKeySet();
  final Store store;
  final Nodes nodes;
  final Leases leases;
  final Peers peers;
  final LimitShares limits;
  private volatile Predicate<String> ears = caller -> true;

  Control(String url, Path directory, int number) throws Exception {
    this(url, directory, number, List.of());
  }

  /** With what a node has met before it can hear anybody. */
  Control(String url, Path directory, int number, List<SeenHellos> met) throws Exception {
    store = Store.open(url, directory.resolve("fleet.key"), Clock.systemUTC(), RANDOM);
    Sender sender = new Sender("control", Instant.now());
    vertx
        .eventBus()
        .<Buffer>consumer(
            KnownHellos.ADDRESS,
            tick -> {
              KnownHellos known = (KnownHellos) MessageJson.read(tick.body().getBytes());
              known.tokens().stream().forEach(told::add);
            });
    AtomicReference<Nodes> reporting = new AtomicReference<>();
    AtomicReference<Leases> banning = new AtomicReference<>();
    AtomicReference<Peers> others = new AtomicReference<>();
    AtomicReference<LimitShares> dividing = new AtomicReference<>();
    onContext(
        () -> {
          Nodes begun = new Nodes(vertx, System::nanoTime);
          reporting.set(begun);
          Leases bans = new Leases(vertx, sender, begun::present, System::nanoTime, meters);
          banning.set(bans);
          HostPort address = new HostPort("192.0.2." + number, 8443);
          Peers peers =
              new Peers(
                  vertx,
                  store.calls(),
                  number,
                  Instant.now(),
                  address,
                  begun,
                  bans,
                  RANDOM,
                  meters);
          others.set(peers);
          Hellos hellos = new Hellos(vertx, sender, peers, RANDOM, meters);
          LimitShares shares =
              new LimitShares(vertx, sender, () -> STATE, () -> 2, peers, nanos::get, meters);
          dividing.set(shares);
          peers.begin(hellos, new NodesHere(vertx, Sender.ownNode(number), null), shares);
        });
    for (SeenHellos each : met) {
      byte[] text = MessageJson.write(each);
      get(vertx.eventBus().<Void>request(SeenHellos.ADDRESS, Buffer.buffer(text)));
    }
    nodes = reporting.get();
    leases = banning.get();
    peers = others.get();
    limits = dividing.get();
    store.listen(
        () -> {},
        (caller, said) -> {
          if (ears.test(caller)) {
            peers.heard(caller, said);
          }
        });
  }

  /** For limits, whose clock stands still else. */
  void later(int seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  /** From now on only those whose ids are so. */
  void hearsOnly(Predicate<String> callers) {
    ears = callers;
  }

  /** It divides no more, and says so. */
  void leave() throws Exception {
    get(
        Future.<Void>future(
            left -> context.runOnContext(go -> peers.close().<Void>mapEmpty().onComplete(left))));
  }

  /** Without a word to anybody. */
  void die() throws Exception {
    get(vertx.close());
    store.close();
  }

  private void onContext(Runnable work) throws Exception {
    get(context.executeBlocking(() -> true).onSuccess(go -> work.run()).mapEmpty());
  }

  void say(String address, FleetMessage message) {
    vertx.eventBus().publish(address, Buffer.buffer(MessageJson.write(message)));
  }

  boolean hears() {
    return others() == 1;
  }

  double others() {
    return meters.get("doppelfleet.control.others").gauge().value();
  }

  @Override
  public void close() throws Exception {
    leave();
    get(vertx.close());
    store.close();
  }

  static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
