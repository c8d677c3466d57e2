package io.doppelfleet.proxy.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.BanAnswer;
import io.doppelfleet.fleet.BanQuestion;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node tells of whom a ban would cut. */
@Timeout(60)
final class BanCounterTest {
  private final Sender sender = new Sender("node", Instant.EPOCH);
  private Vertx vertx;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    Future<Map<String, Integer>> reached = Future.succeededFuture(Map.of("alice", 2, "bob", 3));
    new BanCounter(vertx, sender, prefix -> reached);
  }

  @AfterEach
  void end() {
    vertx.close().await();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 2",
    "192.0.2.0/25, 0",
    "192.0.2.1, 0",
    "2001:db8::/48, 2",
    "2001:db8::/49, 0"
  })
  void ofANarrowRangeNoSecretIsNamed(String prefix, int named) throws Exception {
    BanQuestion question = new BanQuestion(sender.next(), Prefix.parse(prefix));
    Buffer sent = Buffer.buffer(MessageJson.write(question));
    Buffer body = vertx.eventBus().<Buffer>request(BanQuestion.ADDRESS, sent).await().body();
    BanAnswer answer = (BanAnswer) MessageJson.read(body.getBytes());
    assertThat(answer.connections()).isEqualTo(5);
    assertThat(answer.secrets()).hasSize(named);
  }
}
