package io.doppelfleet.control.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.EvenLength;
import io.doppelfleet.fleet.HelloAnswer;
import io.doppelfleet.fleet.HelloPart;
import io.doppelfleet.fleet.HelloQuestion;
import io.doppelfleet.fleet.HelloTokens;
import io.doppelfleet.fleet.KnownHellos;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.SeenHellos;
import io.doppelfleet.fleet.Sender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What all nodes are told of the hellos that each of them has met. */
@Timeout(30)
final class HellosTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** Ticks until it is told, on a machine that has much else to do; behind the others 750. */
  private static final int MOST_WITHOUT = 8;

  private static final long GREEDY = 1L << 40;

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Sender paris = new Sender("node-1", Instant.EPOCH);
  private final Sender oslo = new Sender("node-2", Instant.EPOCH);
  private final List<Buffer> ticks = new CopyOnWriteArrayList<>();
  private final Set<Long> others = Collections.synchronizedSet(new LinkedHashSet<>());
  private Hellos hellos;

  @BeforeEach
  void start() {
    vertx.eventBus().<Buffer>consumer(KnownHellos.ADDRESS, message -> ticks.add(message.body()));
    hellos =
        new Hellos(
            vertx,
            new Sender("control", Instant.EPOCH),
            (node, token, late) -> others.add(token),
            new SecureRandom(),
            meters);
  }

  @AfterEach
  void end() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private void say(Sender node, long... tokens) {
    byte[] text = MessageJson.write(new SeenHellos(node.next(), HelloTokens.of(tokens)));
    vertx.eventBus().send(SeenHellos.ADDRESS, Buffer.buffer(text));
  }

  /** A thousand that nobody has told of, as fast as a message takes them. */
  private void flood(Sender node, long first) {
    for (long from = first; from < first + 1_000; from += SeenHellos.MOST) {
      long end = Math.min(from + SeenHellos.MOST, first + 1_000);
      say(node, LongStream.range(from, end).toArray());
    }
  }

  private HelloPart ask(Sender node, int from, long... tokens) throws Exception {
    byte[] text = EvenLength.ofPart(new HelloQuestion(node.next(), from, HelloTokens.of(tokens)));
    Message<Buffer> answer =
        vertx
            .eventBus()
            .<Buffer>request(HelloQuestion.ADDRESS, Buffer.buffer(text))
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    return ((HelloAnswer) MessageJson.read(answer.body().getBytes())).part();
  }

  private List<KnownHellos> news() {
    return ticks.stream().map(text -> (KnownHellos) MessageJson.read(text.getBytes())).toList();
  }

  private List<Long> told() {
    return news().stream().flatMap(each -> each.tokens().stream().boxed()).toList();
  }

  @Test
  void whatOneNodeTellsAllAreToldOnceAndTheLengthsAreTheSame() throws Exception {
    Thread.sleep(800); // nobody comes
    final int quiet = ticks.size();
    say(paris, 1, 2);
    say(oslo, 2, 3);
    Thread.sleep(800);
    assertThat(told()).containsExactlyInAnyOrder(1L, 2L, 3L);
    assertThat(ticks).allMatch(text -> text.length() == EvenLength.SHORT);
    assertThat(quiet).isBetween(6, 14);
    assertThat(ticks.size() - quiet).isBetween(quiet - 5, quiet + 5); // of some ten
    long total = 0;
    for (KnownHellos each : news()) {
      total += each.tokens().size();
      assertThat(each.total()).isEqualTo(total);
    }
    assertThat(meters.get("doppelfleet.control.hellos").functionCounter().count()).isEqualTo(3);
  }

  @Test
  void whoAsksHearsAllOfLateAndWhatItTellsTheOthersHear() throws Exception {
    say(paris, 1, 2);
    await().atMost(SOON).until(() -> told().size() == 2);
    HelloPart all = ask(oslo, 0, 2, 7);
    assertThat(all.tokens().stream().boxed())
        .contains(1L, 2L)
        .isSubsetOf(1L, 2L, 7L); // its own, where a tick was quicker than the answer
    assertThat(all.next()).isEqualTo(HelloPart.END);
    await().atMost(SOON).until(() -> told().size() == 3);
    assertThat(told()).contains(7L);
    assertThat(ask(paris, 0).tokens().size()).isEqualTo(3);
    assertThat(ask(paris, HelloPart.END)).isEqualTo(HelloPart.NONE);
  }

  /** A node that is seized, or whose secret is in the wrong hands, delays its own. */
  @Test
  void aNodeThatTellsOfThousandsKeepsNoOthersFromBeingTold() throws Exception {
    long next = GREEDY;
    for (int i = 0; i < 60; i++) {
      flood(oslo, next);
      next += 1_000;
    }
    await().atMost(SOON).until(() -> !told().isEmpty());
    for (int i = 1; i <= 10; i++) {
      long token = i;
      int before = ticks.size();
      flood(oslo, next);
      next += 1_000;
      say(paris, token);
      await().atMost(SOON).until(() -> told().contains(token));
      long without =
          news().stream()
              .skip(before)
              .takeWhile(each -> each.tokens().stream().noneMatch(told -> told == token))
              .count();
      assertThat(without).isLessThanOrEqualTo(MOST_WITHOUT);
    }
    assertThat(ticks).allMatch(text -> text.length() <= EvenLength.LONG);
    assertThat(news()).allMatch(each -> each.tokens().size() <= SeenHellos.MOST);
    assertThat(meters.get("doppelfleet.control.hellos.untold").functionCounter().count())
        .isPositive();
  }

  /**
   * A node that starts tells a control of thousands, of which its nodes hear for seconds. Where
   * there is no room for all, what was told first is dropped.
   */
  @Test
  void otherControlsThatComeAreToldLastOfThoseWhoseTurnComesYet() {
    say(paris, GREEDY + 1_000);
    await().atMost(SOON).until(() -> told().size() == 1);
    flood(paris, GREEDY);
    await().atMost(SOON).until(() -> others.size() == 1_001);
    others.clear(); // nobody heard of them
    hellos.tellOthersAgain();
    assertThat(others).hasSize(1_001);
    assertThat(List.copyOf(others).indexOf(GREEDY + 1_000L)).isLessThan(500);
  }

  @Test
  void whatIsNoMessageIsLeft() throws Exception {
    vertx.eventBus().send(SeenHellos.ADDRESS, Buffer.buffer("{"));
    say(paris, 1);
    await().atMost(SOON).until(() -> told().size() == 1);
    assertThat(ask(oslo, 0).tokens().size()).isEqualTo(1);
  }
}
