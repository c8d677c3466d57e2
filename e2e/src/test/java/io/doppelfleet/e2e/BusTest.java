package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.Logged;
import io.doppelfleet.control.authority.Authority;
import io.doppelfleet.control.cluster.Door;
import io.doppelfleet.control.store.Intent;
import io.doppelfleet.control.store.Maker;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.NodeName;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.cluster.Bus;
import io.doppelfleet.fleet.cluster.BusIdentity;
import io.doppelfleet.fleet.cluster.BusStream;
import io.doppelfleet.fleet.cluster.Joining;
import io.doppelfleet.fleet.link.Tls;
import io.doppelfleet.proxy.cluster.Carrier;
import io.doppelfleet.proxy.link.NodeIdentity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ends of a cluster's bus, a control's and a node's, all in this process. In place of the
 * control's port for nodes there is a server that echoes.
 */
@Timeout(120)
@Tag("waiting")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BusTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final long QUIET_MILLIS = 1_000;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Intent CAROL = new Intent(new Maker.Owner("carol"), "unix", null);

  @TempDir static Path directory;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final NetClient client = vertx.createNetClient();
  private final AtomicInteger echoed = new AtomicInteger();
  private NetServer echo;
  private TestCluster cluster;
  private Store store;
  private Joining<Door> door;
  private Carrier carrier;
  private NodeIdentity paris;
  private NodeIdentity renewed;
  private NodeIdentity oslo;

  @BeforeAll
  void start() throws Exception {
    cluster = TestCluster.choose();
    store =
        Store.open(
            "jdbc:h2:file:" + directory.resolve("fleet"),
            directory.resolve("fleet.key"),
            Clock.systemUTC(),
            RANDOM);
    echo =
        vertx
            .createNetServer()
            .connectHandler(
                socket -> {
                  echoed.incrementAndGet();
                  socket.handler(socket::write);
                });
    get(echo.listen(0, "127.0.0.1"));
    WorkerExecutor worker = vertx.createSharedWorkerExecutor("store", Store.CONNECTIONS);
    door =
        Door.open(
            vertx,
            cluster.options(0),
            store.authority(),
            store.roster(),
            new HostPort("127.0.0.1", echo.actualPort()),
            worker,
            Clock.systemUTC(),
            RANDOM,
            new SimpleMeterRegistry().counter("refused"));
    get(door.tried());
    paris = joined("paris");
    oslo = joined("oslo");
    carrier = new Carrier(cluster.options(1), paris, directory.resolve("cluster.sock"), RANDOM);
    get(vertx.deployVerticle(carrier));
    renewed = certified("paris", paris);
    assertThat(renewed.certificate()).isNotEqualTo(paris.certificate());
    get(carrier.become(renewed)); // as yet it is no member
    get(carrier.tried());
  }

  @AfterAll
  void end() throws Exception {
    get(door.end());
    get(vertx.close());
    store.close();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private NodeIdentity joined(String name) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    KeyPair keys = generator.generateKeyPair();
    Octets key = Octets.of(keys.getPublic().getEncoded());
    String token = JoinToken.fingerprint(name.getBytes(StandardCharsets.UTF_8));
    Instant now = Instant.now();
    store.roster().invite(new NodeName(name), token, now.plusSeconds(60), CAROL);
    store.roster().join(token, JoinToken.fingerprint(key.bytes()), "192.0.2.1");
    Authority authority = store.authority();
    return new NodeIdentity(
        name,
        "node-1",
        new HostPort("127.0.0.1", 1),
        Octets.of(keys.getPrivate().getEncoded()),
        authority.certifyNode(name, key, now),
        authority.nodes().open(),
        authority.states().open(),
        Octets.of(new byte[32]));
  }

  private NodeIdentity certified(String name, NodeIdentity node) throws Exception {
    Octets key =
        Octets.of(
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(node.certificate().bytes()))
                .getPublicKey()
                .getEncoded());
    return new NodeIdentity(
        node.name(),
        node.sender(),
        node.control(),
        node.key(),
        store.authority().certifyNode(name, key, Instant.now()),
        node.authority(),
        node.states(),
        node.seal());
  }

  private static ClientSSLOptions of(NodeIdentity node) {
    return Tls.node(node.key(), node.certificate(), node.authority());
  }

  private ClientSSLOptions ofControl() {
    Authority.Identity control = store.authority().certifyControl(Instant.now());
    return Tls.node(control.key(), control.chain().getFirst(), control.chain().getLast());
  }

  private NetSocket connect(int which, ClientSSLOptions as) throws Exception {
    as.setTrustAll(true);
    return get(
        client.connect(
            new ConnectOptions()
                .setHost(cluster.bus(which).host())
                .setPort(cluster.bus(which).port())
                .setSsl(true)
                .setSslOptions(as)));
  }

  /** Of TLS 1.3 who connects hears later that it is refused. */
  private boolean isTaken(int which, ClientSSLOptions as) throws Exception {
    Promise<Void> closed = Promise.promise();
    NetSocket socket = connect(which, as);
    socket.exceptionHandler(refused -> {});
    socket.closeHandler(closed::tryComplete);
    try {
      get(closed.future().timeout(QUIET_MILLIS, TimeUnit.MILLISECONDS));
      return false;
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(TimeoutException.class);
      get(socket.close());
      return true;
    }
  }

  /** What comes back of a word that the node's link says; false: it was hung up. */
  private Future<Boolean> echoes() {
    Promise<Boolean> heard = Promise.promise();
    client
        .connect(carrier.carried().address())
        .onFailure(heard::tryFail)
        .onSuccess(
            socket -> {
              socket.closeHandler(closed -> heard.tryComplete(false));
              socket.handler(
                  bytes -> {
                    heard.tryComplete(bytes.toString().equals("hello"));
                    socket.close();
                  });
              socket.write("hello");
            });
    return heard.future();
  }

  @Test
  @Order(1)
  void aNodeShowsTheCertificateThatItGotWhileItJoined() throws Exception {
    NetSocket socket = connect(1, ofControl());
    assertThat(socket.peerCertificates().getFirst().getEncoded())
        .isEqualTo(renewed.certificate().bytes());
    get(socket.close());
    NodeIdentity next = certified("paris", renewed);
    get(carrier.become(next));
    NetSocket later = connect(1, ofControl());
    assertThat(later.peerCertificates().getFirst().getEncoded())
        .isEqualTo(next.certificate().bytes());
    get(later.close());
  }

  /** Whoever is let in there may fill its memory. */
  @Test
  @Order(2)
  void aNodeLetsControlsInAloneAndAControlNodesToo() throws Exception {
    assertThat(isTaken(1, of(oslo))).isFalse();
    assertThat(isTaken(1, ofControl())).isTrue();
    assertThat(isTaken(0, of(oslo))).isTrue();
    await().atMost(SOON).until(() -> get(echoes()));
  }

  private List<Boolean> answers() throws Exception {
    List<Future<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(echoes());
    }
    return get(Future.all(all)).list();
  }

  private Bus seized() throws Exception {
    return get(
        Bus.start(
            cluster.ofStranger(),
            new BusIdentity(
                oslo.key(),
                oslo.certificate(),
                oslo.authority(),
                new BusIdentity.Others.Fleet(Set.of()))));
  }

  @Test
  @Order(3)
  void whoHasANodesKeyIsNoControlOnTheBusAndKnocksNoOftenerThanIsServed() throws Exception {
    Bus seized = seized();
    assertThat(knocked(seized, "doppelfleet.state").cause())
        .hasMessage("that is no address of a link");
    List<Future<Buffer>> knocks = new ArrayList<>();
    int before = echoed.get();
    for (int i = 0; i < 400; i++) {
      knocks.add(knock(seized, BusStream.DOOR + ".any"));
    }
    for (Future<Buffer> each : knocks) {
      await().atMost(SOON).until(each::isComplete);
    }
    assertThat(knocks.stream().filter(Future::failed))
        .hasSizeGreaterThan(100)
        .allMatch(each -> "too many knock at once".equals(each.cause().getMessage()));
    assertThat(knocks.stream().filter(Future::succeeded)).isNotEmpty();
    assertThat(echoed.get() - before).isLessThan(300);

    await().atMost(SOON).until(() -> !answers().contains(false)); // it is served again
    List<String> heard = new CopyOnWriteArrayList<>();
    get(
        seized
            .vertx()
            .eventBus()
            .<Buffer>consumer(
                BusStream.DOOR,
                message -> {
                  heard.add("a knock");
                  message.fail(0, "heard");
                })
            .completion());
    // Some come to the control, and some would come to it.
    await()
        .atMost(SOON)
        .until(
            () -> {
              List<Boolean> answers = answers();
              return answers.contains(true) && answers.contains(false);
            });
    assertThat(heard).isEmpty();
    get(seized.close());
  }

  /** Vert.x throws where the answer can't be written; nobody else minds, the asker is gone. */
  @Test
  @Order(4)
  void whoEndsBeforeItIsAnsweredIsNoErrorOfWhoAnswers() throws Exception {
    Authority.Identity own = store.authority().certifyControl(Instant.now());
    Bus answers =
        get(
            Bus.start(
                cluster.ofAnotherStranger(),
                new BusIdentity(
                    own.key(),
                    own.chain().getFirst(),
                    own.chain().getLast(),
                    new BusIdentity.Others.Fleet(Set.of()))));
    Bus asks = seized();
    List<Message<String>> asked = new ArrayList<>();
    CountDownLatch ending = new CountDownLatch(1);
    Semaphore gone = new Semaphore(0);
    get(
        answers
            .vertx()
            .eventBus()
            .<String>consumer(
                "questions",
                message -> {
                  asked.add(message);
                  if (asked.size() == 1) {
                    message.reply("so that there is a connection to who asked");
                  } else if (asked.size() == 3) {
                    ending.countDown();
                    gone.acquireUninterruptibly();
                    asked.get(1).reply("to which a reset comes back");
                    LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
                    asked.get(2).reply("which meets that reset");
                  }
                })
            .completion());
    get(asks.vertx().eventBus().request("questions", "1"));
    try (Logged logged = Logged.of(Bus.class.getName())) {
      asks.vertx().eventBus().request("questions", "2");
      asks.vertx().eventBus().request("questions", "3");
      assertThat(ending.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      get(asks.close());
      gone.release();
      await().atMost(SOON).until(() -> logged.has("a message went to a member that is gone"));
      assertThat(logged.errors()).isEmpty();
    } finally {
      gone.release();
      get(answers.close());
    }
  }

  private static Future<Buffer> knock(Bus bus, String address) {
    return bus.vertx()
        .eventBus()
        .<Buffer>request(BusStream.DOOR, Buffer.buffer(address))
        .map(Message::body);
  }

  private static Future<Buffer> knocked(Bus bus, String address) {
    Future<Buffer> knock = knock(bus, address);
    await().atMost(SOON).until(knock::isComplete);
    return knock;
  }

  @Test
  @Order(5)
  void whoWasRemovedIsRefusedByTheControl() throws Exception {
    store.roster().remove("oslo", CAROL);
    await().atMost(SOON).until(() -> !isTaken(0, of(oslo)));
    assertThat(isTaken(0, of(paris))).isTrue();
  }
}
