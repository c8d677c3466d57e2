package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who has nothing but a link as the node prints it comes through the node with it. */
@Tag("waiting")
@Timeout(120)
final class PrintedLinkTest {
  private static final String QUERY = "server=([^&\\s]+)&port=(\\d+)&secret=([^&\\s]+)";
  static final Pattern TG = Pattern.compile("tg://proxy\\?" + QUERY);
  private static final Pattern HTTPS = Pattern.compile("https://t\\.me/proxy\\?" + QUERY);

  private static final byte[] PING =
      "a message, and the same as its answer".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path directory;

  @Test
  void bothLinksOnTheTerminalLeadThroughTheNode() throws Exception {
    List<String> onATerminal = List.of("script", "-qec", "'" + Launched.SCRIPT + "'", "/dev/null");
    try (RawServer datacenter = RawServer.start();
        Launched node = Launched.command(directory, environment(datacenter), onATerminal)) {
      node.awaitOut("\u2588"); // the code, which stands behind the links
      follow(TG, node.out(), datacenter);
      follow(HTTPS, node.out(), datacenter);
    }
  }

  @Test
  void soDoTheLinksInTheFileWhereThereIsNoTerminal() throws Exception {
    try (RawServer datacenter = RawServer.start();
        Launched node = Launched.script(directory, environment(datacenter)).running()) {
      node.awaitErr("links are in");
      String file = Files.readString(directory.resolve("doppelfleet/access.txt"));
      follow(TG, file, datacenter);
      follow(HTTPS, file, datacenter);
    }
  }

  /** Nothing is set but what keeps the node, and its clients' traffic, on this machine. */
  private Map<String, String> environment(RawServer datacenter) throws IOException {
    Map<String, String> environment = new HashMap<>(Launched.alone(directory));
    environment.put(
        "DOPPELFLEET_PROXY_DATACENTERS_2", "127.0.0.1:" + datacenter.address().getPort());
    return environment;
  }

  /** Through the node that serves the first link of this form in the text, to a data centre. */
  static void follow(Pattern form, String text, RawServer datacenter) throws Exception {
    Matcher link = form.matcher(text);
    assertThat(link.find()).as("a link in: %s", text).isTrue();
    InetSocketAddress server =
        new InetSocketAddress(link.group(1), Integer.parseInt(link.group(2)));
    Secret secret = Secret.parse(link.group(3));
    try (FakeTlsClient client = FakeTlsClient.connect(server)) {
      client.handshake(Hellos.hybrid(secret).build(), 2, RandomGenerator.getDefault());
      client.say(PING, PING.length);
      try (RawSocket far = datacenter.take(Duration.ofSeconds(10))) {
        Obfuscated2 stream = Obfuscated2.accept(new byte[0], far.read(Obfuscated2.HEADER_LENGTH));
        byte[] heard = far.read(PING.length);
        stream.decrypt(heard, 0, heard.length);
        assertThat(heard).isEqualTo(PING);
        stream.encrypt(heard, 0, heard.length);
        far.send(heard);
        assertThat(client.hear(PING.length)).isEqualTo(PING);
      }
    }
  }
}
