package io.doppelfleet.proxy.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.EvenLength;
import io.doppelfleet.fleet.HelloAnswer;
import io.doppelfleet.fleet.HelloPart;
import io.doppelfleet.fleet.HelloQuestion;
import io.doppelfleet.fleet.HelloTokens;
import io.doppelfleet.fleet.KnownHellos;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.SeenHellos;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.hello.KnownTokens;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.MalformedHelloException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node tells of hellos, and when; the control is the test's. */
@Timeout(30)
final class HelloExchangeTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final NamedSecret ALICE =
      new NamedSecret("alice", Secret.of(new byte[Secret.KEY_LENGTH], "cover.example"));

  private final Vertx vertx = Vertx.vertx();
  private final Sender node = new Sender("node-1", Instant.EPOCH);
  private final Sender control = new Sender("control", Instant.EPOCH);
  private final FleetHellos hellos = new FleetHellos(Duration.ofMinutes(2), new SecureRandom());
  private final List<Buffer> ticks = new CopyOnWriteArrayList<>();
  private final List<HelloQuestion> questions = new CopyOnWriteArrayList<>();
  private final KnownTokens known = new KnownTokens(HelloTokens.MOST, 480, new SecureRandom());
  private volatile boolean linked = true;
  private volatile boolean answers = true;

  private HelloExchange start() {
    return start(node, hellos);
  }

  private HelloExchange start(Sender sender, FleetHellos met) {
    vertx.eventBus().<Buffer>consumer(SeenHellos.ADDRESS, this::tick);
    vertx.eventBus().<Buffer>consumer(HelloQuestion.ADDRESS, this::asked);
    return HelloExchange.start(vertx, sender, met, new SecureRandom());
  }

  private void tick(Message<Buffer> message) {
    if (linked) {
      ticks.add(message.body());
      message.reply(null);
    } else {
      message.fail(0, "cut");
    }
  }

  private void asked(Message<Buffer> message) {
    HelloQuestion question = (HelloQuestion) MessageJson.read(message.body().getBytes());
    questions.add(question);
    if (linked && answers) {
      HelloAnswer answer = new HelloAnswer(control.next(), known.since(0, question.from()));
      message.reply(Buffer.buffer(EvenLength.ofPart(answer)));
    } else {
      message.fail(0, "not now");
    }
  }

  private static SeenHellos seen(Buffer text) {
    return (SeenHellos) MessageJson.read(text.getBytes());
  }

  private void tell(long total, long... tokens) {
    KnownHellos news = new KnownHellos(control.next(), total, HelloTokens.of(tokens));
    vertx.eventBus().publish(KnownHellos.ADDRESS, Buffer.buffer(EvenLength.ofTick(news)));
  }

  private boolean meet(int number) throws MalformedHelloException {
    byte[] record = new byte[5 + 4 + 2 + 32 + 1 + 2 + 1];
    record[11] = (byte) number;
    record[12] = (byte) (number >> 8);
    return hellos.first(new ClientHello(record), ALICE);
  }

  private List<Long> told() {
    return ticks.stream().flatMap(text -> seen(text).tokens().stream().boxed()).toList();
  }

  private static void awaitComplete(HelloExchange exchange) throws Exception {
    exchange
        .complete()
        .toCompletionStage()
        .toCompletableFuture()
        .get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  @AfterEach
  void end() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** Each record of the link is one of these messages. */
  @Test
  void whoWatchesSeesTheSameWhetherSomebodyComesOrNobody() throws Exception {
    start();
    await().atMost(SOON).until(() -> !ticks.isEmpty());
    Thread.sleep(1_600); // nobody comes
    final int quiet = ticks.size();
    for (int i = 0; i < 20; i++) {
      assertThat(meet(i)).isTrue();
      Thread.sleep(80);
    }
    final int busy = ticks.size() - quiet;
    await().atMost(SOON).until(() -> told().size() == 20);
    assertThat(ticks).allMatch(text -> text.length() == EvenLength.SHORT);
    assertThat(busy).isBetween(quiet - 6, quiet + 6); // of some twenty
  }

  @Test
  void whatOthersHaveMetIsKnownAtTheStartAndAfterAGap() throws Exception {
    meet(1);
    hellos.next(80).stream().forEach(token -> known.add(token, 0));
    FleetHellos other = new FleetHellos(Duration.ofMinutes(2), new SecureRandom());
    awaitComplete(start(new Sender("node-2", Instant.EPOCH), other));
    assertThat(other.heard()).isEqualTo(1);

    tell(5, 11);
    tell(7, 12, 13);
    await().atMost(SOON).until(() -> other.heard() == 4);
    assertThat(questions).hasSize(1);
    known.add(14, 0);
    tell(9, 15); // one was lost before it
    await().atMost(SOON).until(() -> other.heard() == 6);
    assertThat(questions).hasSize(2);
    tell(9);
    tell(10, 16);
    await().atMost(SOON).until(() -> other.heard() == 7);
    Thread.sleep(1_500); // more than from one question to the next
    assertThat(questions).hasSize(2);
  }

  @Test
  void afterAnInterruptionAllOfLateIsToldAgainAndWhatCameMeanwhileToo() throws Exception {
    start();
    meet(1);
    await().atMost(SOON).until(() -> told().size() == 1);
    final long first = told().getFirst();
    linked = false;
    meet(2);
    Thread.sleep(1_500); // some ticks in vain, and more than from one question to the next
    assertThat(questions).hasSize(1);
    meet(3);
    linked = true;
    await().atMost(SOON).until(() -> questions.size() == 2);
    List<Long> again = questions.getLast().tokens().stream().boxed().toList();
    assertThat(again).contains(first);
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              Set<Long> all = new HashSet<>(told());
              all.addAll(again);
              assertThat(all).hasSize(3);
            });
  }

  /** The parts of both are told, whoever has more of them. */
  @Test
  void whatIsMoreThanAPartIsToldAPartAfterTheOther() throws Exception {
    for (int i = 0; i < 5_000; i++) {
      meet(i);
    }
    Set<Long> own = new HashSet<>();
    for (int i = 0; i < 5_000; i += SeenHellos.MOST) {
      hellos.next(SeenHellos.MOST).stream().forEach(own::add);
    }
    for (int i = 0; i < 9_000; i++) {
      known.add(i, 0);
    }
    awaitComplete(start());
    assertThat(own).hasSize(5_000);
    assertThat(hellos.heard()).isEqualTo(9_000);
    assertThat(questions).hasSize(3);
    assertThat(questions).allMatch(each -> each.tokens().size() <= HelloPart.MOST);
    assertThat(questions.stream().flatMap(each -> each.tokens().stream().boxed()))
        .containsExactlyInAnyOrderElementsOf(own);
    assertThat(questions.stream().map(HelloQuestion::from)).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void ownHellosAreToldWhateverBecomesOfTheQuestionAndItIsAskedEverLessOften() throws Exception {
    answers = false;
    start();
    meet(1);
    await().atMost(SOON).until(() -> told().size() == 1);
    Thread.sleep(3_000); // after 1.25 s one more, and after 2.5 the next
    assertThat(questions).hasSizeBetween(2, 3);
    answers = true;
    int asked = questions.size();
    await().atMost(SOON).until(() -> questions.size() == asked + 1);
    Thread.sleep(1_500); // more than from one question to the next
    assertThat(questions).hasSize(asked + 1);
  }

  @Test
  void onAnotherLinkOrFromAnotherControlAllIsToldAgain() throws Exception {
    start();
    meet(1);
    await().atMost(SOON).until(() -> told().size() == 1);
    node.begin(7); // as a link does when it opens
    await().atMost(SOON).until(() -> questions.size() == 2);
    assertThat(questions.getLast().tokens().stream().boxed()).containsExactlyElementsOf(told());
    tell(3);
    tell(3);
    await().atMost(SOON).until(() -> ticks.size() > 5);
    assertThat(questions).hasSize(2);
    control.begin(9);
    tell(3);
    await().atMost(SOON).until(() -> questions.size() == 3);
  }

  @Test
  void whatIsNoMessageIsLeft() throws Exception {
    HelloExchange exchange = start();
    await().atMost(SOON).until(() -> !ticks.isEmpty());
    vertx.eventBus().publish(KnownHellos.ADDRESS, Buffer.buffer("{}"));
    tell(1, 11);
    await().atMost(SOON).until(() -> hellos.heard() == 1);
    exchange.end().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    int heard = ticks.size();
    Thread.sleep(300); // some ticks
    assertThat(ticks).hasSize(heard);
  }
}
