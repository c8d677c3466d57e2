package io.doppelfleet.bench.stealth.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProbeTest {
  private static final byte[] ALERT = HexFormat.of().parseHex("15030300020228");

  /** Such were the differences of one trial in hundreds: a node that was held up for 200 ms. */
  @ParameterizedTest
  @ValueSource(strings = {"two hellos at once", "hello byte by byte", "random bytes, 5"})
  void anAnswerThatTheMachineHoldsUpIsNoOpenEnd(String name) throws Exception {
    Probe probe =
        Probing.all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    try (RawServer site = RawServer.start()) {
      Setting setting =
          new Setting(Secret.of(new byte[Secret.KEY_LENGTH], "localhost"), site.address(), 1);
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  RawSocket prober = site.take(Duration.ofSeconds(10));
                  prober.read();
                  Thread.sleep(400);
                  prober.send(ALERT);
                } catch (IOException | InterruptedException e) {
                  // Then nothing is seen of it.
                }
              });
      assertThat(Sample.take(probe, site.address(), setting).transcript())
          .hasToString("alert 2/40 | open");
    }
  }
}
