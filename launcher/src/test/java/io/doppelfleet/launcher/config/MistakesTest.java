package io.doppelfleet.launcher.config;

import static io.doppelfleet.launcher.config.Written.ALICE;
import static io.doppelfleet.launcher.config.Written.BOB;
import static io.doppelfleet.launcher.config.Written.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MistakesTest {
  @Test
  void allAreListedAtOnceInTheOrderOfTheLines() {
    assertThat(
            file(
                    "proxy:",
                    "  loops: none",
                    "  limits: {idle: 5, dial-timeout: 1w}",
                    "secrets:",
                    "  alice: ee0",
                    "rolle: all")
                .and("DOPPELFLEET_PROXY_LISTEN", "here")
                .and("doppelfleet.proxy.limits.replays", "1")
                .mistakes())
        .containsExactly(
            "DOPPELFLEET_PROXY_LISTEN: proxy.listen: \"here\" has no port: write HOST:PORT",
            "doppelfleet.proxy.limits.replays: \"1\": a whole number in 1000..10000000 is right",
            "f:2: proxy.loops: \"none\": a whole number in 1..256 is right",
            "f:3: proxy.limits.idle: \"5\": a time with its unit is right, like 500ms, 5s, 2m, 1h or 7d",
            "f:3: proxy.limits.dial-timeout: \"1w\": a time with its unit is right, like 500ms, 5s,"
                + " 2m, 1h or 7d",
            "f:5: secrets.alice: hex has an even number of digits, this has 3",
            "f:6: rolle is no known key: did you mean role?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "role: control|role: a control needs a store: set control.store.url",
        "role: proxy|role: the secrets come from the control, so the site that strangers see has to be"
            + " said: set proxy.cover.host",
        "{role: proxy, proxy: {cover: {host: a.bc}}, control: {store: {url: 'jdbc:h2:file:./f'}}}|control.store.url: role proxy has"
            + " its control elsewhere: take control out, or the role all",
        "control: {nodes: {listen: '0.0.0.0:8443'}}|control.nodes.listen: nodes come to a control, which needs"
            + " a store: set control.store.url",
        "control: {nodes: {public: {port: 8443}}}|control.nodes.public.port: nobody comes in there: add"
            + " control.nodes.listen",
        "{role: control, control: {store: {url: 'jdbc:h2:file:./f'}, nodes: {listen: '0.0.0.0:0'}}}|control.nodes.listen:"
            + " \"0.0.0.0:0\": a port in 1..65535 is right",
        "proxy: {rules: {replays: 3}}|proxy.rules.replays: \"3\": off, or a number and a time like 3/10m, is right",
        "proxy: {rules: {replays: 0/10m}}|proxy.rules.replays: \"0/10m\": a whole number in 1..100 is right",
        "proxy: {rules: {replays: 3/25h}}|proxy.rules.replays: \"3/25h\": 1s to 1d is right",
        "proxy: {rules: {for: 2d}}|proxy.rules.for: \"2d\": 1s to 1d is right",
        "proxy: {rules: {replays: off, for: 1h}}|proxy.rules.for: nobody is banned: take it out, or"
            + " proxy.rules.replays",
        "role: boss|role: \"boss\": all, proxy or control is right",
        "role: [all, proxy]|role: one value is right here, not a list",
        "role:|role has no value: write one or leave it out",
        "proxi: {}|proxi has no value: write one or leave it out",
        "secrets: {}|secrets has no value: write one or leave it out",
        "role: {a: b}|role is one value and has no keys beneath it",
        "control: {listen: '127.0.0.1:8081'}|control.listen: this is a control's, which needs a store:"
            + " set control.store.url",
        "{role: control, control: {store: {url: 'jdbc:h2:file:./f'}, listen: x}}|control.listen: \"x\" has no port:"
            + " write HOST:PORT, or off",
        "{role: control, control: {store: {url: 'jdbc:h2:file:./f'}, listen: '0.0.0.0:8081'}}|control.listen:"
            + " passwords and tokens would pass for everybody to read: add control.tls.certificate and"
            + " control.tls.key, or write 127.0.0.1:8081, which ssh -L leads to from elsewhere",
        "{role: control, control: {store: {url: 'jdbc:h2:file:./f'}, listen: 'panel.example:8081'}}|control.listen:"
            + " passwords and tokens would pass for everybody to read: add control.tls.certificate and"
            + " control.tls.key, or write 127.0.0.1:8081, which ssh -L leads to from elsewhere",
        "{role: control, control: {store: {url: 'jdbc:h2:file:./f'}, tls: {key: /k}}}|control.tls.key: TLS needs"
            + " control.tls.certificate too, the path of a PEM file",
        "{proxy: {cover: {host: a.bc}}, control: {traffic: {keep-days: 40d}}}|control.traffic.keep-days: what"
            + " passed is kept in a store: add control.store.url",
        "{proxy: {cover: {host: a.bc}}, control: {store: {url: 'jdbc:h2:file:./fleet'}, traffic: {keep-hours:"
            + " 1h}}}|control.traffic.keep-hours: \"1h\": 1d to 3650d is right",
        "{proxy: {cover: {host: a.bc}}, control: {store: {url: 'jdbc:h2:file:./fleet'}, traffic: {keep-days:"
            + " 30d}}}|control.traffic.keep-days: \"30d\": 35d to 3650d is right",
        "control: x|control is a section: write its keys beneath it",
        "control: {store: {url: 'jdbc:h2:file:./fleet'}}|control.store.url: with a store the site that"
            + " strangers see has to be said, for secrets come and go: set proxy.cover.host",
        "{proxy: {cover: {host: a.bc}}, control: {store: {url: 'jdbc:mysql://u:password@h/d'}}}|control.store.url: jdbc:h2:file:PATH or"
            + " jdbc:postgresql://HOST/DATABASE is right",
        "{role: proxy, proxy: {cover: {host: a.bc}}, cluster: {members: [10.0.0.2]}}|"
            + "cluster.members: a cluster needs this machine's address on the private network: add cluster.listen",
        "{role: proxy, proxy: {cover: {host: a.bc}}, cluster: {listen: 10.0.0.3}}|"
            + "cluster.listen: some who are in the cluster have to be said, the controls best: add cluster.members",
        "{role: proxy, proxy: {cover: {host: a.bc}}, cluster: {listen: 10.0.0.3, members: []}}|"
            + "cluster.members: some who are in the cluster have to be said, the controls best: add cluster.members",
        "{role: proxy, proxy: {cover: {host: a.bc}}, cluster: {members: [10.0.0.2], listen: 0.0.0.0}}|"
            + "cluster.listen: \"0.0.0.0\": the one address of this machine on the private network is right: the cluster listens nowhere else",
        "{role: proxy, proxy: {cover: {host: a.bc}}, cluster: {members: [10.0.0.2], listen: node.bc}}|"
            + "cluster.listen: \"node.bc\": an IPv4 or IPv6 address is right, not a name",
        "{role: proxy, proxy: {cover: {host: a.bc}}, cluster: {members: [10.0.0.2], listen: '10.0.0.3:0'}}|"
            + "cluster.listen: \"10.0.0.3:0\": a port in 1..65535 is right",
        "{role: proxy, proxy: {cover: {host: a.bc}}, cluster: {members: [10.0.0.2], listen: 10.0.0.2}}|"
            + "cluster.members: it has this node alone: a control is right",
        "{role: proxy, proxy: {cover: {host: a.bc}}, cluster: {members: [10.0.0.2], listen: '10.0.0.3:5702'}}|"
            + "cluster.members: cluster.listen and cluster.bus-port are both 5702: two are right",
        "{role: proxy, proxy: {cover: {host: a.bc}}, cluster: {members: [10.0.0.2], listen: 10.0.0.3, bus-port: 70000}}|"
            + "cluster.bus-port: \"70000\": a whole number in 1..65535 is right",
        "{role: proxy, proxy: {cover: {host: a.bc}}, cluster: {members: [10.0.0.2], listen: 10.0.0.3, key-file: fleet.key}}|"
            + "cluster.key-file: controls alone hold the fleet key, and this node has a key of its own, by ./doppelfleet node join: take it out",
        "{role: proxy, proxy: {cover: {host: a.bc}}, cluster: {listen: 10.0.0.3, members: [10.0.0.2, '10.0.0.2:5701']}}|"
            + "cluster.members: 10.0.0.2:5701 stands there twice",
        "{role: proxy, proxy: {cover: {host: a.bc}}, cluster: {listen: 10.0.0.3, members: ['10.0.0.2:x']}}|"
            + "cluster.members: \"10.0.0.2:x\": the port must be a number in 0..65535",
        "{role: control, control: {store: {url: 'jdbc:h2:file:./f'}}, cluster: {listen: 10.0.0.3, members: [10.0.0.3]}}|"
            + "cluster.members: nodes join over control.nodes.listen, in a cluster too: add it",
        "cluster: {listen: 10.0.0.3, members: [10.0.0.2]}|"
            + "cluster.members: a cluster is a fleet's: add control.store.url to lead it, or role: proxy to follow",
        "{role: proxy, proxy: {cover: {host: a.bc}}, cluster: {members: [10.0.0.2], listen: 10.0.0.3, multicast: true}}|"
            + "cluster.multicast is no known key",
        "proxy: 5|proxy is a section: write its keys beneath it",
        "secrets: [a]|secrets is a section: write its keys beneath it",
        "proxy: {lissten: x}|proxy.lissten is no known key: did you mean proxy.listen?",
        "qqqqqqqq: x|qqqqqqqq is no known key",
        "proxy: {listen: []}|proxy.listen: it is empty: one HOST:PORT at least, or leave the key out",
        "proxy: {listen: ['a:1', 'a:1']}|proxy.listen: a:1 stands there twice",
        "proxy: {listen: ['0.0.0.0:1', '[::]:1']}|proxy.listen: 0.0.0.0 and [::] both take IPv4 and IPv6, so"
            + " port 1 would be taken twice: keep one of them",
        "proxy: {proxy-protocol: {'127.0.0.1:1': [127.0.0.1]}}|proxy.proxy-protocol.127.0.0.1:1: nobody listens"
            + " there: proxy.listen has to have the address, written the same",
        "proxy: {listen: ['a:1'], public: {port: 1}, proxy-protocol: {'a:1': [b]}}|proxy.proxy-protocol.a:1: \"b\": an"
            + " address or a range like 10.0.0.0/24 is right",
        "proxy: {listen: ['a:1'], public: {port: 1}, proxy-protocol: {'a:1': ['::/0']}}|proxy.proxy-protocol.a:1:"
            + " \"::/0\": that is everybody, who could then say to come from anywhere: the addresses of those"
            + " in front are right",
        "proxy: {listen: ['a:1'], proxy-protocol: {'a:1': ['::1']}}|proxy.proxy-protocol.a:1: clients come to what"
            + " stands in front: set proxy.public.port to the port that it listens on, and"
            + " proxy.public.host where that isn't this machine",
        "proxy: {upstreams: {a: 'socks4://192.0.2.1:1'}}|proxy.upstreams.a: socks5://HOST:PORT or"
            + " http://HOST:PORT is right, with USER:PASSWORD@ before the host where it wants that"
            + " (other characters than letters and digits as %40), and with ?weight=1 to ?weight=1000"
            + " behind",
        "proxy: {outgoing: {bind: 192.0.2.99}}|proxy.outgoing.bind: \"192.0.2.99\": this machine doesn't have that"
            + " address; \"ip address\" lists what it has",
        "proxy: {outgoing: {bind: [127.0.0.1, 127.0.0.2]}}|proxy.outgoing.bind: one address of each family is"
            + " right",
        "proxy: {outgoing: {prefer: v6}}|proxy.outgoing.prefer: \"v6\": listed, ipv4 or ipv6 is right",
        "proxy: {outgoing: {mark: 0x100000000}}|proxy.outgoing.mark: \"0x100000000\": 1 to 4294967295 is right,"
            + " or 0x1 to 0xffffffff",
        "proxy: {outgoing: {probe-every: 2d}}|proxy.outgoing.probe-every: \"2d\": 1s to 1d is right",
        "proxy: {outgoing: {list-every: 1m}}|proxy.outgoing.list-every: \"1m\": 10m to 30d is right",
        "dns: {servers: dns.example}|dns.servers: \"dns.example\": ADDRESS, ADDRESS:PORT, tls://ADDRESS or"
            + " https://ADDRESS/PATH is right, with #NAME behind the last two where the certificate has a"
            + " name and not the address; an IPv6 address is in [] before a port",
        "dns: {servers: ['https://192.0.2.1#dns.example', 'https://[2001:db8::1]#DNS.example']}|dns.servers:"
            + " \"https://[2001:db8::1]#DNS.example\": an https server before it has that name and another"
            + " address, and by HTTPS a name is at one address: take tls:// for one of them, or leave out"
            + " #NAME where the certificate has the address",
        "dns: {servers: []}|dns.servers: 1 to 4 servers are right",
        "proxy: {cover: {proxy-protocol: v2}}|proxy.cover.proxy-protocol: not every site can read it: add"
            + " proxy.cover.host, with one that is told to",
        "proxy: {cover: {host: a.bc, proxy-protocol: v3}}|proxy.cover.proxy-protocol: \"v3\": off, v1 or v2 is"
            + " right",
        "proxy: {listen: [[a]]}|in proxy.listen each entry is one word",
        "proxy: {listen: ['::1:443']}|proxy.listen: \"::1:443\": an IPv6 address is written"
            + " [ADDRESS]:PORT, any other host HOST:PORT",
        "proxy: {public: {host: 'http://a'}}|proxy.public.host: \"http://a\" is neither a host name"
            + " nor an IPv4 or IPv6 address",
        "proxy: {public: {port: 0}}|proxy.public.port: \"0\": a whole number in 1..65535 is right",
        "proxy: {cover: {port: 443}}|proxy.cover.port: a port alone says no site: add"
            + " proxy.cover.host",
        "proxy: {cover: {site: /s, host: a.bc}}|proxy.cover.host: with proxy.cover.site this node"
            + " serves the site itself, under the secrets' host name: keep one of the two",
        "proxy: {cover: {certificate: /c, key: /k, port: 443}}|proxy.cover.port: with"
            + " proxy.cover.certificate this node serves the site itself, under the secrets' host"
            + " name: keep one of the two",
        "proxy: {cover: {host: 192.0.2.1}}|proxy.cover.host: a secret can't be made for an address:"
            + " write the site's name, or add secrets",
        "proxy: {cover: {host: a..b}}|proxy.cover.host: \"a..b\": the host name has an empty label or"
            + " one of more than 63 bytes",
        "proxy: {datacenters: {two: '192.0.2.1:1'}}|proxy.datacenters.two: a data centre is a number"
            + " in 1..32767, or its negative for the media cluster",
        "proxy: {datacenters: {2: 'a.bc:443'}}|proxy.datacenters.2: \"a.bc:443\": an IPv4 or IPv6"
            + " address is right, not a name",
        "proxy: {datacenters: {2: '192.0.2.1:0'}}|proxy.datacenters.2: \"192.0.2.1:0\": a port in"
            + " 1..65535 is right",
        "proxy: {datacenters: {2: []}}|proxy.datacenters.2: it is empty: one ADDRESS:PORT at least is"
            + " right",
        "proxy: {shaping: some}|proxy.shaping: \"some\": off, light or full is right",
        "proxy: {limits: {drain: 2h}}|proxy.limits.drain: \"2h\": 0s to 1h is right",
        "proxy: {limits: {waiting-in-all: 64}}|proxy.limits.waiting-in-all: \"64\": a size with its"
            + " unit is right, like 64KiB or 32MiB",
        "proxy: {limits: {waiting-in-all: 9000MiB}}|proxy.limits.waiting-in-all: \"9000MiB\": 2047MiB"
            + " is the most",
        "metrics: {listen: here}|metrics.listen: \"here\" has no port: write HOST:PORT",
        "secrets: {alice: [a, b]}|secrets.alice: one secret is right here, not a list",
        "words|\"key: value\" lines are right",
        "a: [b|this is no YAML: expected ',' or ']', but got <stream end>",
        "a: *b|this is no YAML: an alias (*) without its anchor (&): put the value into quotes",
      })
  void eachSaysWhereAndWhatWouldBeRight(String text, String mistake) {
    assertThat(file(text).mistakes()).singleElement().isEqualTo("f:1: " + mistake);
  }

  @Test
  void aKeyThatStandsTwiceNamesBothLines() {
    assertThat(file("proxy:", "  loops: 1", "  loops: 2").mistakes())
        .containsExactly("f:3: proxy.loops stands already in line 2: keep one");
  }

  @Test
  void moreMayNotWaitForOneReaderThanForAll() {
    assertThat(
            file(
                    "proxy:",
                    "  limits: {connections: 1, waiting-per-connection: 3MiB, waiting-in-all: 2MiB}")
                .mistakes())
        .containsExactly(
            "f:2: proxy.limits.waiting-in-all: it is less than proxy.limits.waiting-per-connection"
                + " (3MiB)");
  }

  @Test
  void allConnectionsNeedRoomForTheirSmallestReads() {
    assertThat(file("proxy: {limits: {waiting-in-all: 16MiB}}").mistakes())
        .containsExactly(
            "f:1: proxy.limits.waiting-in-all: 9000 connections need proxy.limits.waiting-in-all of"
                + " 28MiB or more");
    assertThat(file("proxy: {limits: {connections: 20000}}").mistakes())
        .containsExactly(
            "f:1: proxy.limits.connections: 20000 connections need proxy.limits.waiting-in-all of"
                + " 60MiB or more");
    assertThatCode(
            () ->
                file("proxy: {limits: {connections: 20000, waiting-in-all: 60MiB}}")
                    .configuration())
        .doesNotThrowAnyException();
  }

  @Test
  void aSiteOfTheNodesOwnNeedsCertificateAndKey() {
    assertThat(file("proxy: {cover: {certificate: /dev/null/c}}").mistakes())
        .contains(
            "f:1: proxy.cover.certificate: a site of this node's own needs proxy.cover.key too, the"
                + " path of a PEM file");
    assertThat(file("proxy: {cover: {key: /dev/null/k, site: /dev/null}}").mistakes())
        .contains(
            "f:1: proxy.cover.site: a site of this node's own needs proxy.cover.certificate too, the"
                + " path of a PEM file");
  }

  @Test
  void whateverIsWrongWithTheFilesOfTheSiteIsSaidAtOnce(@TempDir Path directory) throws Exception {
    Path certificate = Files.writeString(directory.resolve("c.pem"), "none");
    Path key = directory.resolve("k.pem");
    assertThat(
            file(
                    "proxy:",
                    "  loops: none",
                    "  cover:",
                    "    key: " + key,
                    "    site: " + directory,
                    "    certificate: " + certificate)
                .mistakes())
        .containsExactly(
            "f:2: proxy.loops: \"none\": a whole number in 1..256 is right",
            "f:4: proxy.cover.key: the key " + key + " is not there",
            "f:5: proxy.cover.site: the site "
                + directory
                + " holds "
                + key
                + ", which nobody may read: move one of them",
            "f:6: proxy.cover.certificate: "
                + certificate
                + " has no \"-----BEGIN CERTIFICATE-----\": PEM is right");
  }

  @Test
  void aDirectoryThatHoldsOrWillHoldTheStateIsNoSite(@TempDir Path directory) {
    Path state = directory.resolve("a/b");
    assertThat(
            file(
                    "state: " + state,
                    "proxy: {cover: {key: /dev/null, certificate: /dev/null, site: "
                        + directory
                        + "}}")
                .mistakes())
        .contains(
            "f:2: proxy.cover.site: the site "
                + directory
                + " holds "
                + state
                + ", which nobody may read: move one of them");
  }

  @Test
  void theSitesCertificateMayBeForTheHostsOfAllSecrets() {
    String other = ALICE.replace("0011", "0012") + "64";
    assertThat(
            file(
                    "proxy: {cover: {certificate: /dev/null, key: /dev/null}}",
                    "secrets: {alice: " + ALICE + ", bob: " + other + "}")
                .mistakes())
        .containsExactly(
            "f:1: proxy.cover.certificate: the certificate /dev/null is no file",
            "f:1: proxy.cover.key: the key /dev/null is no file");
  }

  @Test
  void secretsOfTwoHostsNeedACover() throws Exception {
    String other = ALICE.replace("0011", "0012") + "64";
    String[] lines = {"secrets:", "  alice: " + ALICE, "  bob: " + other};
    assertThat(file(lines).mistakes())
        .containsExactly(
            "f:3: secrets.bob: its host is a.bcd, the first secret's is a.bc: use one host name, or"
                + " set proxy.cover.host to the site for both");
    assertThat(file(lines).and("DOPPELFLEET_PROXY_COVER_HOST", "a.bc").configuration().secrets())
        .hasSize(2);
  }

  @Test
  void oneKeyUnderTwoNamesIsAMistake() {
    assertThat(file("secrets:", "  alice: " + ALICE, "  bob: " + ALICE).mistakes())
        .containsExactly("f:3: secrets.bob: it has the same key as alice");
  }

  @Test
  void secretsThatAreInAStoreAreNotInTheFileToo() {
    assertThat(
            file(
                    "{proxy: {cover: {host: a.bc}}, control: {store: {url: 'jdbc:h2:file:./fleet'}},",
                    "secrets: {alice: " + ALICE + ", bob: " + BOB + "}}")
                .mistakes())
        .containsExactly(
            "f:2: secrets.alice: with control the secrets are in its store: take the section out,"
                + " start the node, and bring them in from a file that has it: ./doppelfleet secret"
                + " import FILE");
  }

  @Test
  void unknownVariablesAndPropertiesAreMistakesToo() {
    assertThat(
            file("")
                .and("DOPPELFLEET_PROXY_LOOP", "1")
                .and("DOPPELFLEET_SECRETS_", ALICE)
                .and("doppelfleet.proxy.lops", "1")
                .mistakes())
        .containsExactly(
            "DOPPELFLEET_PROXY_LOOP: there is no such key: did you mean DOPPELFLEET_PROXY_LOOPS?",
            "DOPPELFLEET_SECRETS_: there is no such key: did you mean DOPPELFLEET_SECRETS_NAME?",
            "doppelfleet.proxy.lops: there is no such key: did you mean doppelfleet.proxy.loops?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secrets: {%s: alice}",
        "secrets: {alice: x%s}",
        "secrets: {alice: %sq}",
        "secrets: {alice: [%s, %s]}",
        "secrets: {alice: {%s: x}}",
        "secrets: %s",
        "secrets: [%s]",
        "secrets: {alice: *%s}",
        "secrets: {alice: !%s!a b}",
        "secrets: {alice: '%s'",
        "%s",
        "%s: x",
        "role: %s",
        "state: {%s: x}",
        "proxy: {listen: ['%s:443']}",
        "proxy: {cover: {host: '%s'}}",
        "proxy: {loops: %s}",
        "proxy: {shaping: %s}",
        "proxy: {limits: {idle: %s, waiting-in-all: %s}}",
        "proxy: {datacenters: {%s: x, 2: %s}}",
        "metrics: {listen: %s}",
      })
  void noSecretIsRepeatedWhereverItStands(String text) {
    for (String secret : new String[] {BOB, "7hARIjNEVWZ3iJmqu8zd7v9hLmJj"}) {
      assertThat(file(text.replace("%s", secret)).mistakes())
          .isNotEmpty()
          .allSatisfy(
              mistake ->
                  assertThat(mistake)
                      .doesNotContain(secret.substring(0, 20))
                      .doesNotContain(secret.substring(secret.length() - 20)));
    }
  }

  @Test
  void aFileThatRefersToItselfEnds() {
    assertThat(file("a: &a {b: *a}").mistakes()).isNotEmpty();
  }
}
