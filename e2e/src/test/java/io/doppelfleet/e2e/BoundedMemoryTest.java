package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.StoreNode.echo;
import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose control group has a bound, as a container's has. */
@Tag("waiting")
@Timeout(120)
final class BoundedMemoryTest {
  private static final Duration AT_MOST = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void whereLittleIsLeftOfTheBoundWhoIsNewGoesShortAndWhoIsServedDoesNot() throws Exception {
    try (MemoryGroup group = MemoryGroup.make();
        EchoDatacenter datacenter = EchoDatacenter.start();
        ProcessNode node =
            ProcessNode.start(directory, SECRET, datacenter.address(), group.command());
        FakeTlsClient client = FakeTlsClient.connect(node.address())) {
      client.handshake(Hellos.classic(SECRET).build(), 2, RANDOM);
      echo(client);
      assertThat(pressure(node)).isZero();
      await()
          .atMost(AT_MOST)
          .until(
              () -> {
                group.leaveLittle(); // once more, for the kernel takes back what isn't needed
                return pressure(node) > 0;
              });
      echo(client);
      group.leaveAll();
      await().atMost(AT_MOST).until(() -> pressure(node) == 0);
      client.close();
      assertThat(node.stop()).isZero();
    }
  }

  private static double pressure(ProcessNode node) throws Exception {
    return node.metric("doppelfleet_pressure{of=\"memory\"}");
  }
}
