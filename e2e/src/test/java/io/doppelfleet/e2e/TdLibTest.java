package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.standin.datacenter.Arrival;
import io.doppelfleet.standin.wire.Obfuscated2;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * TDLib 1.8.65, whose connections are real. It gives an exchange a few seconds, most of which it
 * reckons itself: no other test may run beside it.
 */
@Tag("alone")
final class TdLibTest {
  /** Of one request; what takes a slow machine so long is said at {@link TdLibProcess}. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final int AT_ONCE = 20;

  @TempDir Path directory;

  @Test
  void theStockLibraryComesAsFarAsTheUnknownKey() throws Exception {
    try (ClientNode node = new ClientNode(directory, Shaping.FULL);
        TdLib stock = TdLib.stock()) {
      JsonObject answer = answer(test(stock, node, 2));
      assertThat(answer.getString("@type")).isEqualTo("error");
      assertThat(answer.getString("message"))
          .contains("Unknown Main fingerprints")
          .contains(Long.toString(node.datacenter.key().fingerprint()));
      assertThat(node.datacenter.keysExchanged()).isZero();
      node.expectNobodyLeft();
    }
  }

  /** Once: TDLib takes a third of a second for each exchange, to see whether a number is prime. */
  @ParameterizedTest
  @EnumSource(names = "FULL", mode = EnumSource.Mode.EXCLUDE)
  void aCopyThatTrustsTheKeyExchangesKeysByTwentyConnectionsAtOnceHoweverTheyAreShaped(
      Shaping shaping) throws Exception {
    exchangeKeys(shaping, List.of(4));
  }

  /** Three times over, on the sockets that the product has. */
  @Test
  void aCopyThatTrustsTheKeyExchangesKeysByTwentyConnectionsAtOnceAgainAndAgain() throws Exception {
    boolean channels = Boolean.getBoolean("io.netty.transport.noNative");
    exchangeKeys(Shaping.FULL, channels ? List.of(2) : List.of(1, 3, 5));
  }

  private void exchangeKeys(Shaping shaping, List<Integer> datacenters) throws Exception {
    try (ClientNode node = new ClientNode(directory, shaping);
        TdLib tdlib =
            TdLib.trusting(
                node.datacenter.key().publicPem(), Path.of("target", "tdlib", "libtdjson.so"))) {
      for (int datacenter : datacenters) {
        int before = node.datacenter.arrivals().size();
        List<CompletableFuture<JsonObject>> answers =
            IntStream.range(0, AT_ONCE).mapToObj(i -> test(tdlib, node, datacenter)).toList();
        for (CompletableFuture<JsonObject> answer : answers) {
          assertThat(answer(answer).getString("@type")).as("%s", answer.join()).isEqualTo("ok");
        }
        List<Arrival> arrivals = node.datacenter.arrivals();
        assertThat(arrivals.subList(before, arrivals.size()))
            .isEqualTo(
                Collections.nCopies(
                    AT_ONCE, new Arrival(datacenter, Obfuscated2.PADDED_INTERMEDIATE)));
      }
      assertThat(node.datacenter.keysExchanged()).isEqualTo(AT_ONCE * datacenters.size());
      node.expectNobodyLeft();
    }
  }

  private static CompletableFuture<JsonObject> test(TdLib tdlib, ClientNode node, int datacenter) {
    return tdlib.testProxy(node.port(), ClientNode.SECRET.toHex(), datacenter, TIMEOUT);
  }

  private static JsonObject answer(CompletableFuture<JsonObject> answer) throws Exception {
    return answer.get(TIMEOUT.toSeconds() + 5, TimeUnit.SECONDS);
  }
}
