package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A port below 1024 for a user who isn't root, with what the unit gives and without. */
@Tag("waiting")
@Timeout(240)
final class LowPortTest {
  private static final Path UNIT = Path.of("../conf/doppelfleet.service");
  private static final Path FREE = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");

  /** linux/capability.h: CAP_NET_BIND_SERVICE alone. */
  private static final String ALONE = "0000000000000400";

  /** Debian's nobody. */
  private static final String NOBODY = "65534";

  @TempDir Path directory;

  @Test
  void theUnitsCapabilityIsAllThatANodeNeedsForIt() throws Exception {
    int port = freePort();
    Path file =
        Files.writeString(
            directory.resolve("node.yaml"),
            """
            proxy:
              listen: ["127.0.0.1:%d"]
              cover: {host: 127.0.0.1, port: 9}
            secrets: {alice: ee00112233445566778899aabbccddeeff636f7665722e6578616d706c65}
            """
                .formatted(port));
    String given = of("AmbientCapabilities");
    assertThat(of("CapabilityBoundingSet")).isEqualTo(given);
    assumeTrue(
        ended(List.of("chown", "-R", NOBODY, directory.toString())) == 0
            && ended(as("-all", "test", "-x", Launched.SCRIPT.toString())) == 0,
        "another user can't reach this tree, so none has a port below 1024");
    try (Launched node = started(file, "-all,+" + given)) {
      node.running();
      try (Socket client = new Socket()) {
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      }
      assertThat(Files.readAllLines(Path.of("/proc/" + node.pid() + "/status")))
          .contains("CapEff:\t" + ALONE, "CapBnd:\t" + ALONE)
          .contains("Uid:" + ("\t" + NOBODY).repeat(4));
      node.terminate();
      assertThat(node.exitStatus()).isZero();
    }
    if (Integer.parseInt(Files.readString(FREE).strip()) > port) {
      try (Launched node = started(file, "-all")) {
        assertThat(node.exitStatus()).isOne();
        assertThat(node.err()).contains("can't listen on 127.0.0.1:" + port);
      }
    }
  }

  /** 443, or another one that nobody has. */
  private static int freePort() {
    for (int port : List.of(443, 1023, 1022, 1021)) {
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException taken) {
        // the next one
      }
    }
    return abort("this user may have no port below 1024, and so can give nobody one");
  }

  /** What the unit says, as setpriv has it. */
  private static String of(String key) throws IOException {
    return Files.readAllLines(UNIT).stream()
        .filter(line -> line.startsWith(key + "=CAP_"))
        .map(line -> line.substring(line.indexOf("CAP_") + 4).toLowerCase(Locale.ROOT))
        .findFirst()
        .orElseThrow();
  }

  private Launched started(Path file, String capabilities) throws IOException {
    return Launched.command(
        directory,
        Map.of(),
        as(capabilities, Launched.SCRIPT.toString(), "run", "--config", file.toString()));
  }

  private static List<String> as(String capabilities, String... command) {
    List<String> all = new ArrayList<>(List.of("setpriv", "--clear-groups", "--no-new-privs"));
    all.addAll(List.of("--reuid=" + NOBODY, "--regid=" + NOBODY));
    Stream.of("inh-caps", "ambient-caps", "bounding-set")
        .forEach(each -> all.add("--" + each + "=" + capabilities));
    all.addAll(List.of(command));
    return all;
  }

  private static int ended(List<String> command) throws Exception {
    return new ProcessBuilder(command).start().waitFor();
  }
}
