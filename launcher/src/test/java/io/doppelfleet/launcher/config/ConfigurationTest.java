package io.doppelfleet.launcher.config;

import static io.doppelfleet.launcher.config.Written.ALICE;
import static io.doppelfleet.launcher.config.Written.BOB;
import static io.doppelfleet.launcher.config.Written.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.cluster.ClusterOptions;
import io.doppelfleet.proxy.ProxyOptions.Limits;
import io.doppelfleet.proxy.dial.Outbound;
import io.doppelfleet.proxy.dns.NameServer;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.front.ProxyVersion;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.proxy.probe.SelfProbe;
import io.doppelfleet.proxy.rule.ReplayRule;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing", "---", "{}"})
  void whatSaysNothingLeavesAllToTheNode(String text) throws Exception {
    assertThat(file(text).configuration())
        .isEqualTo(
            new Configuration(
                Role.ALL,
                Written.DEFAULT_STATE,
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                Outbound.DIRECT,
                Runtime.getRuntime().availableProcessors(),
                Shaping.FULL,
                SelfProbe.EVERY,
                Limits.defaults(),
                ReplayRule.USUAL,
                List.of(),
                null,
                Duration.ofDays(7),
                Duration.ofDays(400),
                null,
                null,
                null,
                List.of(),
                Watching.NONE));
  }

  @Test
  void everyKeyHasItsEffect() throws Exception {
    Configuration read =
        file(
                "role: all",
                "state: /elsewhere",
                "proxy:",
                "  listen: ['0.0.0.0:443', '[::1]:8443']",
                "  proxy-protocol: {'[::1]:8443': ['::1', 10.0.0.0/24]}",
                "  public: {host: '2001:db8::1', port: 8443}",
                "  cover: {host: www.example.org, port: 8444, proxy-protocol: v2}",
                "  datacenters:",
                "    2: ['192.0.2.1:443', '[2001:db8::2]:443']",
                "    -2: '192.0.2.3:80'",
                "  outgoing: {prefer: ipv6, mark: 0xff000001, probe-every: 10m, list-every: 1d}",
                "  loops: 3",
                "  shaping: light",
                "  probe-every: off",
                "  limits:",
                "    connections: 10",
                "    connections-per-network: 40",
                "    idle: 2m",
                "    clock-tolerance: 60s",
                "    dial-timeout: 500ms",
                "    drain: 0s",
                "    waiting-per-connection: 128KiB",
                "    waiting-in-all: 8MiB",
                "    replays: 5000",
                "    rate: 2MiB/s",
                "    silence: 75s",
                "  rules: {replays: 5/2m, for: 30m}",
                "secrets: {alice: " + ALICE + ", bob: " + BOB + "}",
                "metrics: {listen: '127.0.0.1:9143', otlp: {url: 'http://[::1]:4318/v1/metrics',"
                    + " every: 5s}}",
                "dns: {servers: 'tls://192.0.2.53#dns.example.org'}",
                "health: {listen: '127.0.0.1:9144'}",
                "log: {format: json}")
            .configuration();
    assertThat(read)
        .isEqualTo(
            new Configuration(
                Role.ALL,
                Path.of("/elsewhere"),
                List.of(
                    Entrance.open(new HostPort("0.0.0.0", 443)),
                    new Entrance(
                        new HostPort("::1", 8443),
                        List.of(Prefix.parse("::1"), Prefix.parse("10.0.0.0/24")))),
                List.of(),
                "2001:db8::1",
                8443,
                new HostPort("www.example.org", 8444),
                ProxyVersion.V2,
                null,
                Map.of(
                    2,
                    List.of(
                        new InetSocketAddress("192.0.2.1", 443),
                        new InetSocketAddress("2001:db8::2", 443)),
                    -2,
                    List.of(new InetSocketAddress("192.0.2.3", 80))),
                new Outbound(
                    List.of(),
                    List.of(),
                    Outbound.Prefer.IPV6,
                    0xff000001,
                    Duration.ofMinutes(10),
                    Duration.ofDays(1)),
                3,
                Shaping.LIGHT,
                Duration.ZERO,
                new Limits(
                    10,
                    40,
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(1),
                    Duration.ofMillis(500),
                    Duration.ZERO,
                    128 << 10,
                    8 << 20,
                    5000,
                    2 << 20,
                    Duration.ofSeconds(75)),
                ReplayRule.of(5, Duration.ofMinutes(2), Duration.ofMinutes(30)),
                List.of(
                    new NamedSecret("alice", Secret.parse(ALICE)),
                    new NamedSecret("bob", Secret.parse(BOB))),
                null,
                Duration.ofDays(7),
                Duration.ofDays(400),
                null,
                null,
                null,
                List.of(NameServer.parse("tls://192.0.2.53#dns.example.org")),
                new Watching(
                    new HostPort("127.0.0.1", 9143),
                    new Watching.Collector(
                        URI.create("http://[::1]:4318/v1/metrics"), Duration.ofSeconds(5)),
                    new HostPort("127.0.0.1", 9144),
                    true)));
  }

  @Test
  void aControlAloneNeedsNoCoverAndLetsNodesInWhereItIsSaid() throws Exception {
    Configuration read =
        file(
                "role: control",
                "control: {store: {url: 'jdbc:h2:file:./fleet'},",
                "  nodes: {listen: '0.0.0.0:8443', public: {host: control.example.org, port: 443}}}")
            .configuration();
    assertThat(read.role()).isEqualTo(Role.CONTROL);
    assertThat(read.nodes())
        .isEqualTo(new NodesElsewhere(new HostPort("0.0.0.0", 8443), "control.example.org", 443));
  }

  @Test
  void aProxyAloneNeedsItsCoverOnly() throws Exception {
    Configuration read = file("role: proxy", "proxy: {cover: {host: 192.0.2.1}}").configuration();
    assertThat(read.role()).isEqualTo(Role.PROXY);
    assertThat(read.storeUrl()).isNull();
  }

  @Test
  void aStoreOfSeveralHostsIsOneWhereverItIsWritten() throws Exception {
    String url = "jdbc:postgresql://a,b/fleet";
    String cover = "proxy: {cover: {host: a.bc}}";
    assertThat(file(cover, "control: {store: {url: '" + url + "'}}").configuration().storeUrl())
        .isEqualTo(url);
    assertThat(file(cover).and("DOPPELFLEET_CONTROL_STORE_URL", url).configuration().storeUrl())
        .isEqualTo(url);
  }

  @ParameterizedTest
  @CsvSource({
    "'',127.0.0.1:8081,false",
    "',listen: \"127.0.0.9:1\"',127.0.0.9:1,true",
    "',listen: \"[::1]:8081\"',[::1]:8081,true",
    "',listen: \"localhost:8081\"',localhost:8081,true",
  })
  void aControlIsServedOnThisMachineUnlessItIsSaid(String more, String listen, boolean chosen)
      throws Exception {
    String store = "store: {url: 'jdbc:h2:file:./fleet'}";
    assertThat(file("role: control", "control: {" + store + more + "}").configuration().web())
        .isEqualTo(
            new WebAddress(HostPort.parse(listen), chosen, null, HostPort.parse(listen).host()));
  }

  @Test
  void aControlMayBeServedOnItsSocketAlone() throws Exception {
    String control = "control: {store: {url: 'jdbc:h2:file:./fleet'}, listen: off}";
    assertThat(file("role: control", control).configuration().web()).isNull();
  }

  @Test
  void aCoverThatIsAnAddressSuitsAStore() throws Exception {
    Configuration read =
        file("control: {store: {url: 'jdbc:h2:file:./fleet'}}", "proxy: {cover: {host: 192.0.2.1}}")
            .configuration();
    assertThat(read.secrets()).isEmpty();
  }

  @Test
  void aCoverWithoutAPortListensWhereWebSitesDo() throws Exception {
    assertThat(file("proxy: {cover: {host: a.bc}}").configuration().cover())
        .isEqualTo(new HostPort("a.bc", 443));
  }

  @Test
  void aVariableOutweighsTheFileAndAPropertyBoth() throws Exception {
    Written written =
        file("proxy: {loops: 1, limits: {idle: 1m, drain: 1s}}")
            .and("DOPPELFLEET_PROXY_LOOPS", "2")
            .and("DOPPELFLEET_PROXY_LIMITS_IDLE", "2m")
            .and("doppelfleet.proxy.loops", "3");
    assertThat(written.configuration().loops()).isEqualTo(3);
    assertThat(written.configuration().limits().idle()).isEqualTo(Duration.ofMinutes(2));
    assertThat(written.configuration().limits().drain()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void outsideTheFileAListHasCommasAndAnEntryItsNameBehindTheKey() throws Exception {
    Configuration read =
        file("secrets: {bob: " + BOB + "}")
            .and("DOPPELFLEET_PROXY_LISTEN", "192.0.2.1:443, [2001:db8::1]:443")
            .and("DOPPELFLEET_SECRETS_alice", ALICE)
            .and("doppelfleet.proxy.datacenters.-3", "192.0.2.1:1,192.0.2.2:1")
            .configuration();
    assertThat(read.listen())
        .containsExactly(
            Entrance.open(new HostPort("192.0.2.1", 443)),
            Entrance.open(new HostPort("2001:db8::1", 443)));
    assertThat(read.secrets()).extracting(NamedSecret::name).containsExactly("bob", "alice");
    assertThat(read.datacenters().get(-3)).hasSize(2);
  }

  @Test
  void othersVariablesAndPropertiesAreNoneOfOurBusiness() throws Exception {
    assertThat(file("").and("PATH", "/bin").and("java.version", "25").configuration().listen())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"7gARIjNEVWZ3iJmqu8zd7v9hLmJj", ALICE})
  void secretsAreReadAsTheyAreWritten(String secret) throws Exception {
    assertThat(file("secrets: {alice: " + secret + "}").configuration().secrets())
        .containsExactly(new NamedSecret("alice", Secret.parse(ALICE)));
  }

  /** YAML takes the first for a whole number, the second for a real one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00112233445566778899001122334455",
        "001122334455667788990011223344e5",
        "112233445566778899001122334455.5",
      })
  void aSecretThatLooksLikeANumberIsCheckedAsItIsWrittenAndNotRepeated(String secret) {
    assertThat(file("secrets:", "  alice: " + secret).mistakes())
        .singleElement()
        .asString()
        .startsWith("f:2: secrets.alice: ")
        .doesNotContain(secret)
        .doesNotContain("E");
  }

  @Test
  void aClusterHasPortsWhereNoneAreSaid() throws Exception {
    Cluster read =
        file(
                "role: control",
                "state: /s",
                "control: {store: {url: 'jdbc:h2:file:/f'}, nodes: {listen: '0.0.0.0:8443'}}",
                "cluster: {members: [10.0.0.2, 'a.bc:7000', 'fd00::1'], listen: 'fd00::2',"
                    + " key-file: keys/fleet.key}")
            .configuration()
            .cluster();
    assertThat(read)
        .isEqualTo(
            new Cluster(
                new ClusterOptions(
                    new HostPort("fd00::2", 5701),
                    5702,
                    List.of(
                        new HostPort("10.0.0.2", 5701),
                        new HostPort("a.bc", 7000),
                        new HostPort("fd00::1", 5701))),
                Path.of("/s/keys/fleet.key")));
  }

  @Test
  void vertxConfigBringsFilePropertiesAndTheirWeight(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("c.yaml"), "proxy: {loops: 4}\nstate: /s\n");
    System.setProperty("doppelfleet.proxy.loops", "5");
    try {
      Configuration read = ConfigurationSource.read(file, Written.DEFAULT_STATE);
      assertThat(read.loops()).isEqualTo(5);
      assertThat(read.state()).isEqualTo(Path.of("/s"));
    } finally {
      System.clearProperty("doppelfleet.proxy.loops");
    }
  }

  @Test
  void aMistakeNamesTheFileAsTheOperatorDid(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("c.yaml"), "\nrole: boss\n");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> ConfigurationSource.read(file, Written.DEFAULT_STATE))
        .withMessage(file + ":2: role: \"boss\": all, proxy or control is right");
  }

  @Test
  void aFileThatIsNotThereIsOneLine() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> ConfigurationSource.read(Path.of("no.yaml"), Written.DEFAULT_STATE))
        .withMessage("no.yaml: there is no such file");
  }
}
