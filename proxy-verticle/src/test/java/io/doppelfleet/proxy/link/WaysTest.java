package io.doppelfleet.proxy.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a link to the control's address is left alone where those that are carried break. */
final class WaysTest {
  private final Vertx vertx = Vertx.vertx();
  private final Ways ways =
      new Ways(
          vertx, new Carried(SocketAddress.domainSocketAddress("/any"), Duration.ofSeconds(30)));

  @AfterEach
  void end() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void theMoreOfThemBreakTheLongerUpToAnHour() {
    assertThat(ways.againMillis()).isEqualTo(30_000);
    ways.ended(true, 0);
    assertThat(ways.againMillis()).isEqualTo(60_000);
    ways.ended(false, 1_000); // that one says nothing of the others
    ways.ended(true, 299_999);
    assertThat(ways.againMillis()).isEqualTo(120_000);
    for (int i = 0; i < 20; i++) {
      ways.ended(true, 1_000);
    }
    assertThat(ways.againMillis()).isEqualTo(3_600_000);
  }

  @Test
  void oneThatHasLastedForFiveMinutesIsAGoodOne() {
    ways.ended(true, 0);
    ways.ended(true, 0);
    ways.ended(true, 300_000);
    assertThat(ways.againMillis()).isEqualTo(30_000);
  }
}
