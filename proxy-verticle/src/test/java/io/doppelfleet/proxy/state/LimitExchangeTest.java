package io.doppelfleet.proxy.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.LimitAnswer;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.LimitQuestion.Connections;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.proxy.relay.Uses;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node that ends tells of what it holds; the control is the test's. */
@Timeout(60)
final class LimitExchangeTest {
  private final Vertx vertx = Vertx.vertx();
  private final Sender control = new Sender("control", Instant.EPOCH);
  private final List<Connections> told = new CopyOnWriteArrayList<>();

  /** No client is there any more, and what was granted for them is held yet. */
  private static final class Held implements Uses {
    private volatile int seats = 3;

    @Override
    public void begin(Runnable ask) {}

    @Override
    public List<LimitQuestion.Use> next() {
      return List.of(new LimitQuestion.Use("alice", new Connections(0, 0, seats), null, null));
    }

    @Override
    public void answered(LimitAnswer answer, long askedAt) {
      seats = Objects.requireNonNull(answer.shares().getFirst().connections());
    }

    @Override
    public void unanswered() {}

    @Override
    public boolean areAnswered() {
      return true;
    }
  }

  @AfterEach
  void end() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private void asked(Message<Buffer> message) {
    LimitQuestion question = (LimitQuestion) MessageJson.read(message.body().getBytes());
    told.add(Objects.requireNonNull(question.uses().getFirst().connections()));
    LimitAnswer.Share none = new LimitAnswer.Share("alice", 0, null, null);
    LimitAnswer answer = new LimitAnswer(control.next(), 1, List.of(none));
    message.reply(Buffer.buffer(MessageJson.write(answer)));
  }

  @Test
  void whoEndsHoldsNothingAndAControlKnowsItThen() throws Exception {
    vertx.eventBus().<Buffer>consumer(LimitQuestion.ADDRESS, this::asked);
    LimitExchange exchange =
        new LimitExchange(vertx, new Sender("paris", Instant.EPOCH), new Held());
    exchange.end().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertThat(told).contains(new Connections(0, 0, 3)).endsWith(new Connections(0, 0, 0));
  }
}
