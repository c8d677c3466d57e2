package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.bench.measure.Node;
import io.doppelfleet.bench.measure.Secrets;
import io.doppelfleet.bench.measure.Surroundings;
import io.doppelfleet.bench.overload.OverloadBench;
import io.doppelfleet.bench.soak.SoakNode;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.config.ConfigurationSource;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.list.ListOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That nodes take what the benches tell them which are too long to be run by a test. */
final class BenchConfigurationTest {
  private static final int PORT = 44_300;
  private static final Surroundings AROUND = new Surroundings("127.0.0.1:4431", "127.0.0.1:4432");

  @TempDir Path directory;

  private Configuration taken(String text) throws Exception {
    Path file = Files.writeString(directory.resolve("node.yaml"), text);
    Configuration taken = ConfigurationSource.read(file, directory);
    assertThat(taken.listen().getFirst().address().port()).isEqualTo(PORT);
    assertThat(taken.datacenters()).containsOnlyKeys(Node.DATACENTER);
    return taken;
  }

  @Test
  void thatOfTheOverload() throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT);
    Configuration taken =
        taken(
            Node.configuration(
                directory, address, AROUND, Secrets.of(1), OverloadBench.options(2_000), "full"));
    assertThat(taken.limits().connections()).isEqualTo(2_000);
    assertThat(taken.loops()).isOne();
    assertThat(taken.shaping()).isEqualTo(Shaping.FULL);
    assertThat(taken.secrets()).hasSize(1);
  }

  @Test
  void thatOfTheSoak() throws Exception {
    Path list = Files.writeString(directory.resolve("list.txt"), "16.0.0.0\n");
    Configuration taken = taken(SoakNode.configuration(directory, PORT, PORT + 1, AROUND, list));
    assertThat(taken.lists()).extracting(ListOptions::name).containsExactly("million");
    assertThat(taken.watching().metrics()).isNotNull();
  }
}
