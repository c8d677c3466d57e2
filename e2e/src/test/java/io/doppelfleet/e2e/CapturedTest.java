package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.SOON;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The ten hellos that were captured from real clients are answered, at the time of their capture.
 */
final class CapturedTest {
  @TempDir Path state;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mtcute-clienthello-1",
        "tdesktop465-clienthello-1",
        "tdesktop465-clienthello-2",
        "tdesktop465-clienthello-3",
        "tdesktop465-clienthello-4",
        "tdlib-clienthello-1",
        "tdlib-clienthello-2",
        "tdlib-clienthello-3",
        "tdlib-clienthello-4",
        "tdlib-clienthello-5"
      })
  void isAnsweredAsItsClientWantsIt(String name) throws Exception {
    JsonObject facts = new JsonObject(new String(resource(name + ".json"), StandardCharsets.UTF_8));
    Secret secret = Secret.parse(facts.getString("secret_hex"));
    FleetState known = new FleetState(1, List.of(new NamedSecret("captured", secret)));
    Clock then =
        Clock.fixed(Instant.ofEpochSecond(facts.getLong("unix_time_captured")), ZoneOffset.UTC);
    try (TestNode node = TestNode.start(state, ProxyOptions.Limits.defaults(), known, then);
        FakeTlsClient client = node.connect()) {
      // Its private keys are gone with the client: of the share, the form is checked.
      ClientHello hello = new ClientHello(resource(name + ".bin"), secret.key(), null);
      client.handshake(hello, 2, TestNode.RANDOM);
      TestNode.acceptStream(node.datacenter.take(SOON));
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = CapturedTest.class.getResourceAsStream("/clienthello/" + name)) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }
}
