package io.doppelfleet.control.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.store.Admission;
import io.doppelfleet.control.store.Intent;
import io.doppelfleet.control.store.Maker;
import io.doppelfleet.control.store.Member;
import io.doppelfleet.control.store.PostgresServer;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.fleet.FleetLeases;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.KnownHellos;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.LinkMessage.Refusal;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeName;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.fleet.link.Tls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What another control of the same store has done is so on the links of this one. */
@Timeout(60)
final class LinksTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String INSTANCE = "ab".repeat(16);
  private static final String OTHER = "cd".repeat(16);
  private static final Intent CAROL = new Intent(new Maker.Owner("carol"), "unix", null);

  private static final Refusal ELSEWHERE =
      new Refusal(Refusal.Kind.LATER, "this node has a link to another control");

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final NetClient client = vertx.createNetClient();
  private final List<LinkMessage> heard = new CopyOnWriteArrayList<>();
  private final List<String> hellos = new CopyOnWriteArrayList<>();
  private final List<String> bans = new CopyOnWriteArrayList<>();
  private final List<Integer> questions = new CopyOnWriteArrayList<>();
  private final Map<Integer, String> answers = new ConcurrentHashMap<>();
  private final List<Member> removed = new CopyOnWriteArrayList<>();
  private String url;
  private Store store;
  private Links links;
  private NetSocket paris;
  private HostPort address;
  private String fingerprint = "";

  @BeforeEach
  void start() throws Exception {
    try (ServerSocket free = new ServerSocket(0)) {
      address = new HostPort("127.0.0.1", free.getLocalPort());
    }
    url = PostgresServer.shared().newDatabase();
    store = store(Clock.systemUTC());
    WorkerExecutor worker = vertx.createSharedWorkerExecutor("store", Store.CONNECTIONS);
    links =
        get(
            Links.start(
                vertx,
                new LinkOptions(address, address),
                store.authority(),
                store.roster(),
                worker,
                Clock.systemUTC(),
                removed::add,
                new SimpleMeterRegistry().counter("refused")));
    paris = open("paris", LinkMessage.NEWEST);
  }

  private Store store(Clock clock) throws Exception {
    return Store.open(url, directory.resolve("fleet.key"), clock, RANDOM);
  }

  @AfterEach
  void end() throws Exception {
    get(vertx.close());
    store.close();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** The node has joined, and its link is open. */
  private NetSocket open(String name, int version) throws Exception {
    NetSocket socket = joined(name);
    socket.write(Frames.of(new LinkMessage.Hello(INSTANCE, version)));
    await()
        .atMost(SOON)
        .until(() -> heard.stream().anyMatch(LinkMessage.Welcome.class::isInstance));
    return socket;
  }

  /** The node has joined, and is connected. */
  private NetSocket joined(String name) throws Exception {
    return joined(name, keys());
  }

  private static KeyPair keys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  private NetSocket joined(String name, KeyPair keys) throws Exception {
    Octets key = Octets.of(keys.getPublic().getEncoded());
    fingerprint = JoinToken.fingerprint(key.bytes());
    Instant now = Instant.now();
    String token = JoinToken.fingerprint(name.getBytes(UTF_8));
    store.roster().invite(new NodeName(name), token, now.plusSeconds(60), CAROL);
    store.roster().join(token, fingerprint, "192.0.2.1");
    return connected(name, keys);
  }

  private NetSocket connected(String name, KeyPair keys) throws Exception {
    heard.clear();
    NetSocket socket =
        get(
            client.connect(
                new ConnectOptions()
                    .setHost(address.host())
                    .setPort(address.port())
                    .setSsl(true)
                    .setSslOptions(
                        Tls.node(
                            Octets.of(keys.getPrivate().getEncoded()),
                            store
                                .authority()
                                .certifyNode(
                                    name, Octets.of(keys.getPublic().getEncoded()), Instant.now()),
                            store.authority().nodes().open()))));
    socket.handler(new Frames(new Ears()));
    return socket;
  }

  private final class Ears implements Frames.Receiver {
    @Override
    public void link(LinkMessage message) {
      heard.add(message);
    }

    @Override
    public void told(Buffer text) {}

    @Override
    public void hellos(Buffer text) {
      hellos.add(text.toString());
    }

    @Override
    public void leases(Buffer text) {
      bans.add(text.toString());
    }

    @Override
    public void asked(int question, Buffer text) {
      questions.add(question);
    }

    @Override
    public void answered(int question, Buffer text) {
      answers.put(question, text.toString());
    }

    @Override
    public void broken(String why) {
      throw new AssertionError(why);
    }
  }

  private Refusal refusal() {
    await().atMost(SOON).until(() -> heard.stream().anyMatch(Refusal.class::isInstance));
    return heard.stream()
        .filter(Refusal.class::isInstance)
        .map(Refusal.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private int version() {
    return welcome().version();
  }

  private LinkMessage.Welcome welcome() {
    return heard.stream()
        .filter(LinkMessage.Welcome.class::isInstance)
        .map(LinkMessage.Welcome.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private void tick() {
    vertx.eventBus().publish(KnownHellos.ADDRESS, Buffer.buffer("tick"));
  }

  /** It would hang up. */
  @Test
  void aNodeOfAnOlderVersionIsToldNothingOfHellosAndTellsNothing() throws Exception {
    assertThat(version()).isEqualTo(LinkMessage.NEWEST);
    tick();
    await().atMost(SOON).until(() -> hellos.size() == 1); // in paris
    NetSocket older = open("oslo", LinkMessage.FIRST);
    assertThat(version()).isEqualTo(LinkMessage.FIRST);
    tick();
    await().atMost(SOON).until(() -> hellos.size() >= 2);
    Thread.sleep(300); // what oslo is told comes as soon
    assertThat(hellos).hasSize(2);
    older.write(Frames.ofHellos(Buffer.buffer("{}")));
    assertThat(refusal())
        .isEqualTo(
            new Refusal(Refusal.Kind.WRONG, "of hellos nothing is told on a link of version 1"));
  }

  /** It would hang up. */
  @Test
  void aNodeOfAnOlderVersionIsToldNothingOfBansByRulesAndNobodyElseTellsThem() throws Exception {
    vertx.eventBus().publish(FleetLeases.ADDRESS, Buffer.buffer("one"));
    await().atMost(SOON).until(() -> bans.size() == 1); // in paris
    NetSocket older = open("oslo", LinkMessage.LEASES - 1);
    vertx.eventBus().publish(FleetLeases.ADDRESS, Buffer.buffer("two"));
    Thread.sleep(300); // what paris is told comes as soon
    assertThat(bans).doesNotHaveDuplicates();
    older.write(Frames.ofLeases(Buffer.buffer("{}")));
    assertThat(refusal())
        .isEqualTo(new Refusal(Refusal.Kind.WRONG, "of bans by rules only nodes are told"));
  }

  @Test
  void whatIsLongerThanATicksHellosIsRefusedUnread() throws Exception {
    NetSocket oslo = open("oslo", Integer.MAX_VALUE);
    assertThat(version()).isEqualTo(LinkMessage.NEWEST);
    oslo.write(Frames.ofHellos(Buffer.buffer(new byte[897])));
    assertThat(refusal())
        .isEqualTo(
            new Refusal(
                Refusal.Kind.WRONG, "of hellos it tells 897 bytes at once: 896 are the most"));
  }

  private Member member(String name) throws Exception {
    return store.roster().all().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatANodeIsAskedItAnswersAndWhatItIsNotAskedEndsItsLink() throws Exception {
    NetSocket oslo = open("oslo", LinkMessage.NEWEST);
    Future<Buffer> first = links.ask(member("oslo").sender(), Buffer.buffer("whom?"));
    Future<Buffer> second = links.ask(member("oslo").sender(), Buffer.buffer("and now?"));
    await().atMost(SOON).until(() -> questions.size() == 2);
    oslo.write(Frames.ofAnswer(questions.get(1), Buffer.buffer()));
    oslo.write(Frames.ofAnswer(questions.get(0), Buffer.buffer("nobody")));
    assertThat(get(first).toString()).isEqualTo("nobody");
    assertThat(failure(second)).hasMessage("the node can't answer now");

    Future<Buffer> third = links.ask(member("oslo").sender(), Buffer.buffer("still?"));
    oslo.write(Frames.ofAnswer(questions.get(0), Buffer.buffer("nobody")));
    assertThat(refusal()).isEqualTo(new Refusal(Refusal.Kind.WRONG, "nobody asked"));
    assertThat(failure(third)).hasMessage("the link has ended");
  }

  /** After one of a later epoch none would count that comes. */
  @Test
  void whatANodeAsksOfLimitsIsAnsweredWhereItIsOfThisLinkAndElseDeclined() throws Exception {
    vertx
        .eventBus()
        .<Buffer>consumer(LimitQuestion.ADDRESS, question -> question.reply(question.body()));
    NetSocket oslo = open("oslo", LinkMessage.NEWEST);
    long epoch = welcome().epoch();
    oslo.write(Frames.ofQuestion(1, limitQuestion("oslo", epoch + 1)));
    await().atMost(SOON).until(() -> answers.size() == 1);
    oslo.write(Frames.ofQuestion(2, limitQuestion("oslo", epoch)));
    await().atMost(SOON).until(() -> answers.size() == 2);
    assertThat(answers)
        .containsOnly(entry(1, ""), entry(2, limitQuestion("oslo", epoch).toString()));
  }

  private Buffer limitQuestion(String node, long epoch) throws Exception {
    Stamp stamp = new Sender(member(node).sender(), epoch).next();
    return Buffer.buffer(MessageJson.write(new LimitQuestion(stamp, List.of())));
  }

  @Test
  void whoOwesTooManyAnswersOrIsOlderIsNotAsked() throws Exception {
    for (int i = 0; i < 8; i++) {
      links.ask(member("paris").sender(), Buffer.buffer("whom?"));
    }
    assertThat(failure(links.ask(member("paris").sender(), Buffer.buffer("whom?"))))
        .hasMessage("the node owes answers to what it was asked before");
    open("oslo", LinkMessage.HELLOS);
    assertThat(failure(links.ask(member("oslo").sender(), Buffer.buffer("whom?"))))
        .hasMessage("the node is of a version that answers nothing");
    assertThat(questions).hasSize(8);
  }

  private static Throwable failure(Future<Buffer> answer) {
    await().atMost(SOON).until(answer::isComplete);
    return answer.cause();
  }

  @Test
  void aNodeThatAnotherControlRemovedIsCutAndWhatItSaidIsToBeForgotten() throws Exception {
    store.roster().remove("paris", CAROL);
    assertThat(refusal().kind()).isEqualTo(Refusal.Kind.REMOVED);
    await().atMost(SOON).until(() -> !removed.isEmpty());
    assertThat(removed).extracting(Member::name).containsExactly("paris");
  }

  /** What it says after that would meet a worker that has ended. */
  @Test
  void whenTheLinksAreClosedThatOfEachNodeHasEnded() throws Exception {
    Member member = member("paris");
    assertThat(links.isOpen(member)).isTrue();
    get(links.close());
    assertThat(links.isOpen(member)).isFalse();
  }

  /** Its network broke, say, and this control hasn't seen the end of its link. */
  @Test
  void aNodeThatHasMovedToAnotherControlIsCutHereAndNoDiskIsSaidToBeCopied() throws Exception {
    store.roster().open(fingerprint, INSTANCE);
    assertThat(refusal()).isEqualTo(ELSEWHERE);
    assertThat(links.secondHolder(member("paris").id())).isNull();
  }

  /** Its clock goes wrong, say, so it can't tell that the first lives. */
  @Test
  void anotherProcessThatAnotherControlLetInWhileThisOneLivesIsToldOf() throws Exception {
    beat();
    try (Store other = later()) {
      letIn(other);
    }
    assertThat(refusal()).isEqualTo(ELSEWHERE);
    assertThat(links.secondHolder(member("paris").id())).isNotNull();
  }

  /** It was started anew elsewhere, or where it was, after a cut. */
  @Test
  void anotherProcessIsNoSecondHolderWhereThisOneHasFallenSilent() throws Exception {
    try (Store other = later()) { // first: to open it may take longer than a link may be silent
      Thread.sleep(3_500);
      letIn(other);
    }
    assertThat(refusal()).isEqualTo(ELSEWHERE);
    assertThat(links.secondHolder(member("paris").id())).isNull();
  }

  private Store later() throws Exception {
    return store(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1)));
  }

  private void letIn(Store other) throws Exception {
    assertThat(other.roster().open(fingerprint, OTHER)).isInstanceOf(Admission.Admitted.class);
  }

  /** As another control asks. */
  @Test
  void anotherProcessIsKeptOutElsewhereAsLongAsThisOneLivesHereAndNoLonger() throws Exception {
    beat();
    Instant atFirst = Instant.now();
    await().atMost(SOON).until(() -> atFirst.plusSeconds(1).isBefore(seen("paris")));
    assertThat(store.roster().open(fingerprint, OTHER)).isInstanceOf(Admission.Held.class);
    paris.close();
    await()
        .atMost(Duration.ofSeconds(5)) // by itself it would be forgotten after eight
        .until(() -> store.roster().open(fingerprint, OTHER) instanceof Admission.Admitted);
  }

  private void beat() {
    vertx.setPeriodic(1_000, tick -> paris.write(Frames.of(new LinkMessage.Beat())));
  }

  private Instant seen(String name) throws Exception {
    Instant seen = member(name).seen();
    return seen == null ? Instant.EPOCH : seen;
  }

  /**
   * The other may have ended with its control a moment ago: it is told of once it was seen again.
   */
  @Test
  void anotherProcessThanTheOneThatLivesElsewhereIsKeptOutHereAndToldOf() throws Exception {
    KeyPair keys = keys();
    NetSocket oslo = joined("oslo", keys);
    store.roster().open(fingerprint, OTHER);
    assertThat(hello(oslo)).isEqualTo(new Refusal(Refusal.Kind.LATER, Links.HELD));
    assertThat(links.secondHolder(member("oslo").id())).isNull();
    Thread.sleep(10); // times in the store have milliseconds
    store.roster().seen(List.of(member("oslo").id()));
    assertThat(hello(connected("oslo", keys)))
        .isEqualTo(new Refusal(Refusal.Kind.LATER, Links.HELD));
    assertThat(links.secondHolder(member("oslo").id())).isNotNull();
    assertThat(links.isOpen(member("oslo"))).isFalse();
  }

  private Refusal hello(NetSocket node) {
    node.write(Frames.of(new LinkMessage.Hello(INSTANCE, LinkMessage.NEWEST)));
    return refusal();
  }
}
