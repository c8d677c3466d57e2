package io.doppelfleet.control.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.node.OtherControl;
import io.doppelfleet.control.store.PostgresServer;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a control says in which letter, and does by which: the test is the other one. */
@Timeout(60)
final class LettersTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration BEFORE_SILENT =
      Duration.ofNanos(Callers.SILENT_NANOS).minusSeconds(1);
  private static final String OTHER = "9.1";

  @TempDir Path directory;
  private final BlockingQueue<Letter> heard = new LinkedBlockingQueue<>();
  private Control one;
  private Store store;
  private volatile Map<String, String> echoes = Map.of();
  private long said;

  @BeforeEach
  void start() throws Exception {
    String url = PostgresServer.shared().newDatabase();
    one = new Control(url, directory, 1);
    store = Store.open(url, directory.resolve("fleet.key"), Clock.systemUTC(), new SecureRandom());
    Parts parts = new Parts();
    store.listen(
        () -> {},
        (caller, part) -> {
          byte[] whole = caller.equals(OTHER) ? null : parts.add(part);
          if (whole != null) {
            Letter letter = Objects.requireNonNull(LetterJson.read(whole));
            echoes = Map.of(caller, letter.speaker().challenge());
            heard.add(letter);
          }
        });
    await()
        .atMost(SOON)
        .until(
            () -> {
              say(0);
              return one.hears();
            });
  }

  @AfterEach
  void end() throws Exception {
    store.close();
    one.die();
  }

  /** The other one, in which term it divides. */
  private void say(long divides) throws StoreException {
    Letter.Speaker speaker = new Letter.Speaker(9, null, divides, "of the other", echoes);
    Letter letter =
        new Letter(
            speaker, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), false);
    store.calls().call(OTHER, Parts.of(++said, LetterJson.write(letter)));
  }

  private Letter next() throws InterruptedException {
    return Objects.requireNonNull(heard.poll(SOON.toSeconds(), TimeUnit.SECONDS));
  }

  /** It begins to; the term. */
  private long divides() throws InterruptedException {
    one.later(LimitQuestion.LEASE_SECONDS);
    long term = 0;
    while (term == 0) {
      term = next().speaker().divides();
    }
    return term;
  }

  /** Who hears that it divides no more grants at once. */
  @Test
  void whoEndsTellsAllThatNodesHoldBeforeItSaysThatItDividesNoMore() throws Exception {
    divides();
    LimitQuestion.Connections four = new LimitQuestion.Connections(4, 0, 4);
    List<LimitQuestion.Use> many =
        IntStream.range(0, LimitQuestion.MOST)
            .mapToObj(i -> new LimitQuestion.Use("s" + i, four, null, null))
            .toList();
    for (int node = 0; node < 3; node++) { // which don't go in one letter
      one.peers.tellLimits(new LimitQuestion(new Sender("many-" + node, 1).next(), many));
    }
    List<LimitQuestion.Use> last = List.of(new LimitQuestion.Use("alice", four, null, null));
    one.peers.tellLimits(new LimitQuestion(new Sender("paris", 1).next(), last));
    one.leave();
    List<String> told = new ArrayList<>();
    Letter letter = next();
    while (letter.speaker().divides() > 0) {
      letter.questions().forEach(each -> told.add(each.text()));
      letter = next();
    }
    assertThat(told).anyMatch(each -> each.contains("paris"));
    assertThat(letter.questions()).isEmpty();
  }

  /** All hear both letters in one order. */
  @Test
  void whoHasSaidThatItDividesGoesOnWhereAnotherSaysSoBeforeItsNextLetter() throws Exception {
    long term = divides();
    await()
        .atMost(SOON)
        .until(
            () -> {
              say(term);
              return one.peers.divider(0) != null;
            });
    heard.clear();
    for (int i = 0; i < 3; i++) {
      assertThat(next().speaker().divides()).isEqualTo(term);
    }
  }

  /** So that it is asked again who divides then. */
  @Test
  void whatWaitsForOneThatSaysItDividesNoMoreFails() {
    one.hearsOnly(OTHER::equals);
    await()
        .atMost(SOON)
        .until(
            () -> {
              Future<Buffer> asked = one.peers.askLimits(divider(), Buffer.buffer("{}"));
              say(0);
              await().atMost(SOON).until(asked::isComplete);
              return isLeft(asked);
            });
  }

  @Test
  void whatWaitsForOneThatDividesAndIsQuietFails() throws Exception {
    List<Future<Buffer>> asked = new ArrayList<>();
    OtherControl divider = divider();
    await()
        .atMost(BEFORE_SILENT)
        .until(
            () -> {
              asked.add(one.peers.askLimits(divider, Buffer.buffer("{}")));
              return asked.stream().anyMatch(LettersTest::isLeft);
            });
  }

  private static boolean isLeft(Future<Buffer> asked) {
    return asked.failed() && "it no longer divides limits".equals(asked.cause().getMessage());
  }

  /** The other one, which divides from now on. */
  private OtherControl divider() throws Exception {
    say(7);
    return Objects.requireNonNull(
        await().atMost(SOON).until(() -> one.peers.divider(0), Objects::nonNull));
  }
}
