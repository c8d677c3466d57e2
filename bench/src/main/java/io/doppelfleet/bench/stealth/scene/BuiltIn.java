package io.doppelfleet.bench.stealth.scene;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.standin.cover.OwnCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The site that is built into a node: one node runs for its sake, and is asked not where clients
 * come in, but where its own strangers are sent.
 */
final class BuiltIn implements Site {
  private static final String LISTENING = "0A";
  private static final Pattern SPACE = Pattern.compile(" +");

  private final Node host;
  private final String cover;
  private final InetSocketAddress address;

  private BuiltIn(Node host, String cover, InetSocketAddress address) {
    this.host = host;
    this.cover = cover;
    this.address = address;
  }

  static BuiltIn start(
      Children children, Path home, Pages pages, OwnCertificate.Pem pem, String datacenter)
      throws IOException, InterruptedException {
    Path directory = children.directory();
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    Files.writeString(certificate, pem.certificate());
    Files.writeString(key, pem.key());
    String cover =
        "{site: \"%s\", certificate: \"%s\", key: \"%s\"}"
            .formatted(pages.directory(), certificate, key);
    Node host = Node.start(children, home, new Node.Order(cover, datacenter, "", Place.HERE));
    try {
      int port = otherPort(host.pid(), host.address().getPort());
      return new BuiltIn(
          host, cover, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      host.close();
      throw e;
    }
  }

  /** Where a process listens too, as {@code proc(5)} says. */
  private static int otherPort(long pid, int known) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    Set<String> own = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
      for (Path descriptor : descriptors.toList()) {
        try {
          own.add(Files.readSymbolicLink(descriptor).toString());
        } catch (NoSuchFileException e) {
          // Closed since the list was made.
        }
      }
    }
    for (String table : new String[] {"tcp", "tcp6"}) {
      for (String line : Files.readAllLines(process.resolve("net").resolve(table))) {
        List<String> words = Stream.of(SPACE.split(line.strip(), -1)).toList();
        if (words.get(3).equals(LISTENING) && own.contains("socket:[" + words.get(9) + "]")) {
          String local = words.get(1);
          int port = Integer.parseInt(local.substring(local.indexOf(':') + 1), 16);
          if (port != known) {
            return port;
          }
        }
      }
    }
    throw new IOException("the node's own site listens nowhere");
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public String cover() {
    return cover;
  }

  @Override
  public void close() {
    host.close();
  }
}
