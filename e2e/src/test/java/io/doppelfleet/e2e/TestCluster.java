package io.doppelfleet.e2e;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.cluster.ClusterOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Where the processes of a test's cluster are: each has an address of the loopback of its own, and
 * all have the same two ports. The first is the control's.
 */
record TestCluster(int port, int busPort) {
  private static final int PROCESSES = 3;

  /** Addresses from 127.0.1.1 on, and ports that are free on all of them. */
  static TestCluster choose() throws IOException {
    try (ServerSocket free = new ServerSocket(0);
        ServerSocket another = new ServerSocket(0)) {
      return new TestCluster(free.getLocalPort(), another.getLocalPort());
    }
  }

  static String address(int which) {
    return "127.0.1." + (which + 1);
  }

  /** The section of the configuration; the control and the first node are told to all. */
  String of(int which) {
    return "cluster: {members: [\"%s:%d\", \"%s:%d\"], listen: \"%s:%d\", bus-port: %d}"
        .formatted(address(0), port, address(1), port, address(which), port, busPort);
  }

  /** The same for one in this process, which is told of the control. */
  ClusterOptions options(int which) {
    return new ClusterOptions(
        new HostPort(address(which), port), busPort, List.of(new HostPort(address(0), port)));
  }

  /** Those of one more, who is let in by none. */
  ClusterOptions ofStranger() {
    return options(PROCESSES);
  }

  /** Those of another one. */
  ClusterOptions ofAnotherStranger() {
    return options(PROCESSES + 1);
  }

  HostPort bus(int which) {
    return new HostPort(address(which), busPort);
  }

  /** All that may listen on the two ports. */
  List<String> expected() {
    List<String> expected = new ArrayList<>();
    for (int which = 0; which < PROCESSES; which++) {
      expected.add(address(which) + ":" + port);
      expected.add(address(which) + ":" + busPort);
    }
    return List.copyOf(new TreeSet<>(expected));
  }

  /** All that do, on those addresses or on all that there are; others' ports are no matter. */
  List<String> listening() throws IOException {
    TreeSet<String> listening = new TreeSet<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length > 3 && words[3].equals("0A")) { // TCP_LISTEN
          InetSocketAddress address = parsed(words[1]);
          if ((address.getPort() == port || address.getPort() == busPort)
              && isOurs(address.getAddress())) {
            listening.add(address.getAddress().getHostAddress() + ":" + address.getPort());
          }
        }
      }
    }
    return List.copyOf(listening);
  }

  private static boolean isOurs(InetAddress address) {
    return address.isAnyLocalAddress() || address.getHostAddress().startsWith("127.0.1.");
  }

  /** Words of four bytes, each of which begins with its last one. */
  private static InetSocketAddress parsed(String text) throws IOException {
    String[] parts = text.split(":", -1);
    byte[] bytes = new byte[parts[0].length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      int at = i / 4 * 4 + 3 - i % 4;
      bytes[i] = (byte) Integer.parseInt(parts[0].substring(2 * at, 2 * at + 2), 16);
    }
    return new InetSocketAddress(InetAddress.getByAddress(bytes), Integer.parseInt(parts[1], 16));
  }
}
