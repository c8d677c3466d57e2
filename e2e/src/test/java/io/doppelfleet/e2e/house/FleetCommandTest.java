package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Secret;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that change a node with a store while it runs. */
@Timeout(180)
@Tag("waiting")
class FleetCommandTest {
  private static final Secret SECRET =
      Secret.of(HexFormat.of().parseHex("00112233445566778899aabbccddeeff"), "cover.example.org");

  @TempDir Path directory;

  private Map<String, String> environment() {
    return Map.of(
        "DOPPELFLEET_PROXY_LISTEN", "127.0.0.1:0",
        "DOPPELFLEET_PROXY_COVER_HOST", "127.0.0.1",
        "DOPPELFLEET_PROXY_COVER_PORT", "9",
        "DOPPELFLEET_CONTROL_LISTEN", "off",
        "DOPPELFLEET_CONTROL_STORE_URL", "jdbc:h2:file:" + directory.resolve("fleet"));
  }

  @Test
  void fromTheFirstSecretToTheRestorationOfARevokedOne() throws Exception {
    try (Launched node = Launched.node(directory, environment())) {
      assertThat(done("secret", "list"))
          .isEqualTo("no secrets yet: ./doppelfleet secret add NAME\n");

      String added = done("secret", "add", "alice", "--host", "cover.example.org");
      Path file = directory.resolve("doppelfleet/access-alice.txt");
      assertThat(added)
          .isEqualTo("added alice\nthis is no terminal; the links of alice are in " + file + "\n");
      assertThat(Files.readString(file)).contains("alice tg://proxy?server=127.0.0.1&port=");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");

      Path old =
          Files.writeString(
              directory.resolve("old.yaml"), "secrets: {bob: " + SECRET.toHex() + "}\nrole: all\n");
      assertThat(done("secret", "import", old.toString())).isEqualTo("imported 1 secrets\n");
      assertThat(done("secret", "rotate", "alice", "--overlap", "1h"))
          .startsWith("rotated alice: links of before work until 20");
      assertThat(done("ban", "add", "2001:db8::/32", "--reason", "probes", "--for", "2h"))
          .startsWith("banned 2001:db8::/32 until 20");
      assertThat(done("ban", "list")).contains("2001:db8::/32", "probes");
      assertThat(done("secret", "list"))
          .contains("NAME", "alice", "cover.example.org", "bob")
          .containsPattern("1 until 20\\S+, 2(; open by old ones: not known yet)?\n");
      assertThat(done("ban", "remove", "2001:db8::/32"))
          .isEqualTo("ended the ban of 2001:db8::/32\n");
      assertThat(done("secret", "revoke", "bob")).startsWith("revoked bob");
      assertThat(done("traffic")).isEqualTo("nothing has passed yet\n");
      assertThat(done("traffic", "alice", "--by", "hour")).isEqualTo("nothing has passed yet\n");

      assertThat(done("revision", "list").lines())
          .hasSize(8)
          .anyMatch(line -> line.startsWith("7 ") && line.endsWith("revoked secret bob"));
      assertThat(done("revision", "diff", "6")).isEqualTo("- secret bob\n");
      assertThat(done("revision", "restore", "6"))
          .isEqualTo(
              "+ secret bob\nconnections of secrets that go: 0\nnothing is done yet: add --yes to restore this\n");
      assertThat(done("revision", "restore", "6", "--yes"))
          .isEqualTo("+ secret bob\nrestored: the present revision is 8\n");
      Path key = directory.resolve("doppelfleet/fleet.key");
      String before = Files.readString(key);
      assertThat(done("fleet-key", "rotate"))
          .startsWith("the fleet key is ")
          .contains("keep a copy of " + key + " elsewhere\n");
      assertThat(Files.readString(key)).isNotEqualTo(before);
      assertThat(done("status"))
          .startsWith("revision 8, secrets: 2, bans: 0\n")
          .contains("127.0.0.1:");

      for (String[] command :
          List.of(
              new String[] {"secret", "list", "--json"},
              new String[] {"secret", "link", "alice", "--json"},
              new String[] {"ban", "list", "--json"},
              new String[] {"revision", "list", "--json"},
              new String[] {"revision", "diff", "1", "8", "--json"},
              new String[] {"traffic", "--json"},
              new String[] {"traffic", "alice", "--json"},
              new String[] {"status", "--json"})) {
        String json = done(command);
        assertThat(new JsonObject(json).isEmpty()).isFalse();
        assertThat(json).doesNotContain("tg://", "ee00", "\"key\"");
      }
      assertThat(node.err()).doesNotContain("ERROR", "tg://");
    }
  }

  @Test
  void limitsAreSetOneByOneShownAndTakenAway() throws Exception {
    try (Launched node = Launched.node(directory, environment())) {
      done("secret", "add", "alice", "--host", "cover.example.org");
      assertThat(done("secret", "limit", "alice")).isEqualTo("no limits\n");
      assertThat(done("secret", "limit", "alice", "--connections", "8", "--addresses", "3/24h"))
          .isEqualTo("limited alice: 8 connections, 3 addresses in 1d\n");
      assertThat(done("secret", "limit", "alice", "--bytes", "1GiB/day,10GiB/month,2TiB/total"))
          .isEqualTo(
              "limited alice: 8 connections, 3 addresses in 1d, 1.0 GiB a day, 10.0 GiB a month,"
                  + " 2.0 TiB in total\n");
      assertThat(done("secret", "limit", "alice", "--bytes", "none/day,5GiB/month"))
          .isEqualTo(
              "limited alice: 8 connections, 3 addresses in 1d, 5.0 GiB a month, 2.0 TiB in"
                  + " total\n");
      assertThat(done("secret", "limit", "alice", "--addresses", "none", "--bytes", "none"))
          .isEqualTo("limited alice: 8 connections\n");
      assertThat(done("secret", "limit", "alice", "--json")).contains("\"connections\" : 8");
      done("secret", "add", "bob", "--host", "cover.example.org", "--bytes", "50GiB/month");
      assertThat(done("secret", "limit", "bob")).isEqualTo("50.0 GiB a month\n");
      assertThat(node.err()).doesNotContain("ERROR");
    }
  }

  @Test
  void listsAreReadFromFilesAndWhatNobodyMeansIsConfirmed() throws Exception {
    try (Launched node = Launched.node(directory, environment())) {
      assertThat(done("list", "list")).isEqualTo("there are no lists\n");
      Path offices =
          Files.writeString(
              directory.resolve("offices.txt"), "8.8.8.0-8.8.8.255 # ours\n\n8.8.4.4\n");
      assertThat(done("list", "add", "offices", offices.toString(), "--allow"))
          .isEqualTo("list offices (allow) has 2 prefixes\n");
      assertThat(done("list", "add", "offices", offices.toString()))
          .as("what it is for stays, where nothing is said of that")
          .isEqualTo("list offices (allow) has 2 prefixes\n");
      assertThat(done("list", "show", "offices")).isEqualTo("8.8.4.4/32\n8.8.8.0/24\n");
      Path own = Files.writeString(directory.resolve("own.txt"), "10.0.0.0/8\n");
      refused(
          "confirm doesn't have private, and of the list is so: it would refuse addresses of"
              + " 10.0.0.0/8. If that is meant, to confirm it would be right",
          "list",
          "add",
          "own",
          own.toString());
      assertThat(done("list", "add", "own", own.toString(), "--confirm", "private"))
          .isEqualTo("list own (deny) has 1 prefixes\n");
      assertThat(done("list", "list"))
          .containsPattern("offices +allow +2\n")
          .containsPattern("own +deny +1\n");
      Files.writeString(own, "8.8.8.0/25\n8.8.8.128/25\n8.8.4.4\n");
      refused(
          "confirm doesn't have nobody, and of all lists is so: together they would let nobody in."
              + " If that is meant, to confirm it would be right",
          "list",
          "add",
          "own",
          own.toString());
      done("list", "add", "own", own.toString(), "--confirm", "nobody");
      assertThat(done("revision", "diff", "3"))
          .isEqualTo("~ list own: deny, prefixes: 3 (+3 -1)\n");
      assertThat(done("list", "show", "own", "--revision", "3")).isEqualTo("10.0.0.0/8\n");
      assertThat(done("list", "remove", "own")).isEqualTo("removed list own\n");
      assertThat(done("revision", "restore", "4"))
          .isEqualTo(
              """
              + list own: deny, prefixes: 3
              connections of secrets that go: 0
              nothing is done yet: add --yes --confirm nobody to restore this
              """);
      assertThat(done("revision", "restore", "4", "--yes", "--confirm", "nobody"))
          .isEqualTo("+ list own: deny, prefixes: 3\nrestored: the present revision is 6\n");
      assertThat(done("list", "remove", "own")).isEqualTo("removed list own\n");
      assertThat(done("settings", "--connections", "9", "--overlap", "2h"))
          .isEqualTo("each secret: 9 connections\na rotated key works on for 2h\n");
      assertThat(done("settings", "--connections", "none"))
          .isEqualTo("each secret: no limits\na rotated key works on for 2h\n");
      assertThat(node.err()).doesNotContain("ERROR");
    }
  }

  @Test
  void theFileOfASecretsLinksIsReplacedWhenItIsRotatedAndGoneWhenItIsRevoked() throws Exception {
    try (Launched node = Launched.node(directory, environment())) {
      done("secret", "add", "alice", "--host", "cover.example.org");
      Path file = directory.resolve("doppelfleet/access-alice.txt");
      String before = Files.readString(file);
      done("secret", "rotate", "alice", "--json");
      assertThat(Files.readString(file)).contains("alice tg://proxy?").isNotEqualTo(before);
      done("secret", "revoke", "alice");
      assertThat(file).doesNotExist();
      assertThat(node.err()).doesNotContain("ERROR");
    }
  }

  @Test
  void onATerminalTheLinkAndItsCodeAreShown() throws Exception {
    try (Launched node = Launched.node(directory, environment());
        Launched added =
            Launched.command(
                directory,
                environment(),
                List.of(
                    "script",
                    "-qec",
                    "'" + Launched.SCRIPT + "' secret add alice --host cover.example.org",
                    "/dev/null"))) {
      assertThat(added.exitStatus()).isZero();
      assertThat(added.out())
          .contains("added alice", "tg://proxy?server=127.0.0.1&port=", "\u2588");
      assertThat(node.err()).doesNotContain("ERROR");
    }
  }

  @Test
  void whatTheNodeRefusesIsOneLineAndStatus2() throws Exception {
    try (Launched node = Launched.node(directory, environment())) {
      refused(
          "name is \"-\": 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter or digit would be right",
          "secret",
          "add",
          "--host=a.bc",
          "--",
          "-");
      refused(
          "host is missing, and the cover is an address: the site's name would be right",
          "secret",
          "add",
          "alice");
      refused("there is no secret \"alice\"", "secret", "link", "alice");
      refused(
          "prefix is \"here\": a range like 192.0.2.0/24 or 2001:db8::/32 would be right",
          "ban",
          "add",
          "here");
      refused("192.0.2.0/24 is not banned", "ban", "remove", "192.0.2.0/24");
      refused("limit is \"0\": 1 to 1000 would be right", "revision", "list", "--limit", "0");
      refused("revision is 9: 1 to 1 would be right", "revision", "diff", "9");
      refused("revision is 9: 1 to 1 would be right", "revision", "restore", "9", "--yes");
      assertThat(node.err()).doesNotContain("ERROR");
    }
  }

  private void refused(String error, String... command) throws Exception {
    try (Launched launched = Launched.script(directory, environment(), command)) {
      assertThat(launched.exitStatus()).as(error).isEqualTo(2);
      assertThat(launched.err()).isEqualTo(error + "\n");
      assertThat(launched.out()).isEmpty();
    }
  }

  @Test
  void whereNoNodeRunsThatIsSaid() throws Exception {
    try (Launched launched = Launched.script(directory, environment(), "status")) {
      assertThat(launched.exitStatus()).isEqualTo(1);
      assertThat(launched.err())
          .startsWith("no node with a store runs here: there is no ")
          .hasLineCount(1);
    }
    try (Launched node = Launched.node(directory, environment())) {
      assertThat(node.err()).contains("listening on"); // and is killed
    }
    try (Launched launched = Launched.script(directory, environment(), "status")) {
      assertThat(launched.exitStatus()).isEqualTo(1);
      assertThat(launched.err()).startsWith("the node can't be reached by ").hasLineCount(1);
    }
  }

  @Test
  void aStoreThatCannotBeOpenedIsSaidInALine() throws Exception {
    Map<String, String> wrong = new HashMap<>(environment());
    wrong.put("DOPPELFLEET_CONTROL_STORE_URL", "jdbc:h2:file:/dev/null/fleet");
    try (Launched launched = Launched.script(directory, wrong)) {
      assertThat(launched.exitStatus()).isEqualTo(1);
      assertThat(launched.err()).startsWith("the control can't start: the store ").hasLineCount(1);
    }
  }

  @Test
  void aNodeWithoutAStoreLoadsNothingOfTheControl() throws Exception {
    assertThat(loaded(environment())).contains("io.doppelfleet.control.ControlVerticle");
    Map<String, String> alone = new HashMap<>(environment());
    alone.keySet().removeIf(key -> key.startsWith("DOPPELFLEET_CONTROL_"));
    alone.put("DOPPELFLEET_SECRETS_alice", SECRET.toHex());
    assertThat(loaded(alone))
        .contains("io.doppelfleet.proxy.ProxyNode")
        .noneMatch(
            name ->
                Stream.of(
                        "io.doppelfleet.control.",
                        "io.doppelfleet.proxy.state.",
                        "io.vertx.ext.web.",
                        "io.vertx.openapi.",
                        "com.password4j.",
                        "org.h2.",
                        "org.postgresql.",
                        "com.zaxxer.",
                        "org.flywaydb.")
                    .anyMatch(name::startsWith));
  }

  /** The names of the classes that a node loads from its start to its end. */
  private List<String> loaded(Map<String, String> environment) throws Exception {
    Path log = Files.createTempFile(directory, "classes", "");
    Map<String, String> logging = new HashMap<>(environment);
    logging.put("JDK_JAVA_OPTIONS", "-Xlog:class+load:file=" + log);
    try (Launched node = Launched.script(directory, logging).running()) {
      node.terminate();
      assertThat(node.exitStatus()).isZero();
    }
    List<String> names = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      names.add(line.replaceFirst("^(?:\\[[^\\]]*])+ *(\\S+).*", "$1"));
    }
    return names;
  }

  private String done(String... command) throws IOException, InterruptedException {
    try (Launched launched = Launched.script(directory, environment(), command)) {
      assertThat(launched.exitStatus()).as("%s: %s", List.of(command), launched.err()).isZero();
      assertThat(launched.err()).isEmpty();
      return launched.out();
    }
  }
}
