package io.doppelfleet.bench.measure;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Another proxy that runs already, to be measured by the same load.
 *
 * @param name in the results
 * @param address where it listens, an IPv4 address of the loopback
 * @param secret of FakeTLS
 * @param pid whose costs are taken, those of children not included
 */
public record Peer(String name, HostPort address, Secret secret, long pid) {
  private static final int FIELDS = 4;

  /**
   * Reads {@code NAME,HOST:PORT,SECRET,PID}.
   *
   * @throws IllegalArgumentException that says what would be right, without the secret
   */
  public static Peer parse(String text) {
    String[] fields = text.split(",", -1);
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException("NAME,HOST:PORT,SECRET,PID is right");
    }
    String name = fields[0].strip();
    if (name.isEmpty() || name.equals(Results.NODE) || name.startsWith(Results.RELAY.strip())) {
      throw new IllegalArgumentException("a name of its own is right, not \"" + name + "\"");
    }
    if (!fields[3].matches("[1-9][0-9]{0,9}")) {
      throw new IllegalArgumentException("PID is the number of a process");
    }
    long pid = Long.parseLong(fields[3]);
    if (!Files.isReadable(Path.of("/proc", fields[3], "smaps_rollup"))) {
      throw new IllegalArgumentException(
          "there is no process " + pid + ", or it is another user's: run as that user");
    }
    return new Peer(name, HostPort.parse(fields[1]), Secret.parse(fields[2]), pid);
  }

  Subject subject() {
    return new Subject(
        name,
        new InetSocketAddress(address.host(), address.port()),
        new ProcessCosts(pid),
        new Secrets(List.of(new NamedSecret("peer", secret))),
        true);
  }
}
