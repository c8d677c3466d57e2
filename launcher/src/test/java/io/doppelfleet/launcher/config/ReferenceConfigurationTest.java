package io.doppelfleet.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.Danger;
import io.doppelfleet.proxy.ProxyOptions.Limits;
import io.doppelfleet.proxy.dial.Outbound;
import io.doppelfleet.proxy.dial.Upstream;
import io.doppelfleet.proxy.dns.NameServer;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.list.ListOptions;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.proxy.probe.SelfProbe;
import io.doppelfleet.proxy.rule.ReplayRule;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code conf/doppelfleet.yaml} is the documentation that operators trust. */
class ReferenceConfigurationTest {
  private static final Path FILE = Path.of("../conf/doppelfleet.yaml");

  @Test
  void itIsAConfigurationThatRuns() throws Exception {
    assertThat(ConfigurationSource.read(FILE, Written.DEFAULT_STATE).secrets()).hasSize(1);
  }

  @Test
  void theDefaultsThatItShowsAreTheCodes() throws Exception {
    Configuration read = ConfigurationSource.read(FILE, Written.DEFAULT_STATE);
    assertThat(read.limits()).isEqualTo(Limits.defaults());
    assertThat(read.shaping()).isEqualTo(Shaping.FULL);
    assertThat(read.rule()).isEqualTo(ReplayRule.USUAL);
    assertThat(read.probeEvery()).isEqualTo(SelfProbe.EVERY);
  }

  @Test
  void noKeyIsMissing() throws Exception {
    List<String> written =
        Stream.of(
                Files.readString(FILE),
                withOwnSite(),
                withControl(),
                withRouter(),
                withUpstreams(),
                withWatching(),
                withLists())
            .flatMap(text -> FileSettings.read("f", text).settings.stream())
            .map(Setting::path)
            .toList();
    for (Option option : Option.values()) {
      assertThat(written)
          .as(option.path)
          .anyMatch(
              path -> option.named ? path.startsWith(option.path + ".") : path.equals(option.path));
    }
  }

  /** The two kinds of cover exclude each other: one of them is a comment. */
  private static String withOwnSite() throws IOException {
    return Files.readString(FILE)
        .replaceAll("(?m)^  cover:.*\\n", "")
        .replaceAll("(?m)^  # cover:", "  cover:");
  }

  /** An address on this machine alone is of no use to a node without a router. */
  private static String withRouter() throws IOException {
    return Files.readString(FILE)
        .replace("  listen: [\"0.0.0.0:443\"]", "  listen: [\"127.0.0.1:8443\"]")
        .replace("  # proxy-protocol: {", "  proxy-protocol: {");
  }

  @Test
  void behindARouterItRunsToo(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("c.yaml"), withRouter());
    assertThat(ConfigurationSource.read(file, Written.DEFAULT_STATE).listen())
        .containsExactly(
            new Entrance(
                HostPort.parse("127.0.0.1:8443"),
                List.of(Prefix.parse("127.0.0.1"), Prefix.parse("10.0.0.0/29"))));
  }

  private static String withLists() throws IOException {
    return Files.readString(FILE).replace("  # lists: {", "  lists: {");
  }

  @Test
  void withListsItRunsToo(@TempDir Path directory) throws Exception {
    Path offices = Files.createFile(directory.resolve("offices.txt"));
    String text = withLists().replace("/etc/doppelfleet/offices.txt", offices.toString());
    Path file = Files.writeString(directory.resolve("c.yaml"), text);
    assertThat(ConfigurationSource.read(file, Written.DEFAULT_STATE).lists())
        .containsExactly(
            new ListOptions(
                "level1",
                PrefixList.Use.REFUSE,
                new ListOptions.Place.Web(
                    URI.create("https://iplists.firehol.org/files/firehol_level1.netset")),
                Duration.ofHours(6),
                Set.of(),
                Set.of(Danger.PRIVATE, Danger.BOGON)),
            new ListOptions(
                "offices",
                PrefixList.Use.ALLOW,
                new ListOptions.Place.Disk(offices),
                ListOptions.EVERY,
                Set.of(0),
                Set.of()));
  }

  /** Which nobody has by default. */
  private static String withUpstreams() throws IOException {
    return Files.readString(FILE)
        .replace("  # upstreams: {", "  upstreams: {")
        .replace("  # outgoing: {", "  outgoing: {")
        .replace("# dns: {", "dns: {");
  }

  @Test
  void byUpstreamsItRunsToo(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("c.yaml"), withUpstreams());
    Configuration read = ConfigurationSource.read(file, Written.DEFAULT_STATE);
    Outbound outbound = read.outbound();
    assertThat(outbound.upstreams())
        .containsExactly(
            new Upstream(
                "near",
                Upstream.Kind.SOCKS5,
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1080),
                new Upstream.Login("alice", "knit two"),
                3),
            new Upstream(
                "far", Upstream.Kind.HTTP, new InetSocketAddress("2001:db8::7", 3128), null, 1));
    assertThat(outbound.bind()).contains(InetAddress.ofLiteral("127.0.0.1"));
    assertThat(outbound.mark()).isEqualTo(0x2a);
    assertThat(outbound.listEvery()).isEqualTo(Duration.ofDays(1));
    assertThat(outbound.probeEvery()).isEqualTo(Duration.ofMinutes(10));
    assertThat(outbound.toString()).doesNotContain("knit");
    assertThat(read.nameServers())
        .containsExactly(
            NameServer.parse("tls://9.9.9.9#dns.quad9.net"),
            NameServer.parse("https://[2620:fe::fe]/dns-query#dns.quad9.net"),
            NameServer.parse("192.0.2.53"));
  }

  /** Which costs memory, or is one more port. */
  private static String withWatching() throws IOException {
    return Files.readString(FILE)
        .replace("  # otlp: {", "  otlp: {")
        .replace("# health: {", "health: {");
  }

  @Test
  void watchedItRunsToo(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("c.yaml"), withWatching());
    assertThat(ConfigurationSource.read(file, Written.DEFAULT_STATE).watching())
        .isEqualTo(
            new Watching(
                HostPort.parse("127.0.0.1:9143"),
                new Watching.Collector(
                    URI.create("http://127.0.0.1:4318/v1/metrics"), Duration.ofMinutes(1)),
                HostPort.parse("127.0.0.1:9144"),
                false));
  }

  /** Secrets are in the file or in the store. */
  private static String withControl() throws IOException {
    return Files.readString(FILE)
        .replaceAll("(?m)^secrets:\\n.*\\n", "")
        .replaceAll("(?m)^# (control|cluster):", "$1:");
  }

  @Test
  void withAStoreInPlaceOfSecretsItRunsToo(@TempDir Path directory) throws Exception {
    String withoutTls = withControl().replaceAll("tls: \\{[^}]*\\}, ", "");
    Path file = Files.writeString(directory.resolve("c.yaml"), withoutTls);
    Configuration read = ConfigurationSource.read(file, Written.DEFAULT_STATE);
    assertThat(read.storeUrl()).isNotNull();
    assertThat(read.web())
        .isEqualTo(new WebAddress(HostPort.parse("127.0.0.1:8081"), true, null, "127.0.0.1"));
    assertThat(read.cluster()).isNotNull();
  }

  @Test
  void theOtherKindOfCoverLacksNothingButItsFiles(@TempDir Path directory) throws Exception {
    String text =
        withOwnSite().replace("/var/www", directory + "").replace("/etc/ssl", directory + "");
    Path file = Files.writeString(directory.resolve("c.yaml"), text);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> ConfigurationSource.read(file, Written.DEFAULT_STATE))
        .satisfies(
            e ->
                assertThat(String.valueOf(e.getMessage()).lines())
                    .satisfiesExactly(
                        line -> assertThat(line).endsWith("/html is no directory"),
                        line -> assertThat(line).endsWith("/site/fullchain.pem is not there"),
                        line -> assertThat(line).endsWith("/site/privkey.pem is not there")));
  }

  @Test
  void everyLimitOfANodeIsAKey() {
    List<String> keys = Arrays.stream(Option.values()).map(option -> option.path).toList();
    for (RecordComponent limit : Limits.class.getRecordComponents()) {
      String kebab = limit.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      assertThat(keys).contains("proxy.limits." + kebab);
    }
  }

  /** Of a key with a comment above it the comment says "Default" or the value is the default. */
  @Test
  void whatIsNoDefaultSaysThatItIsAnExample() throws Exception {
    String text = Files.readString(FILE);
    for (String key :
        List.of("state", "listen", "public", "cover", "datacenters", "loops", "secrets")) {
      int at = text.indexOf("\n" + (text.contains("\n" + key + ":") ? "" : "  ") + key + ":");
      String comment = text.substring(text.lastIndexOf("\n\n", at), at);
      assertThat(comment).as(key).contains("Default:").contains("example");
    }
  }
}
