package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of addresses and what holds for all secrets, by the API. */
@Timeout(60)
final class ListsAndSettingsTest {
  @TempDir Path directory;
  private TestControl control;

  @BeforeEach
  void start() throws Exception {
    control = TestControl.start(directory);
  }

  @AfterEach
  void end() throws Exception {
    control.close();
  }

  private static String list(String use, String... prefixes) {
    return new JsonObject()
        .put("use", use)
        .put("prefixes", new JsonArray(List.of(prefixes)))
        .encode();
  }

  private static String confirmed(String list, String... words) {
    return new JsonObject(list).put("confirm", new JsonArray(List.of(words))).encode();
  }

  /** /8s of IPv4, of 220 that are somebody's, but for two with private networks. */
  private static String[] blocks(int first, int last) {
    return IntStream.rangeClosed(first, last)
        .filter(block -> block != 10 && block != 100)
        .mapToObj(block -> block + ".0.0.0/8")
        .toArray(String[]::new);
  }

  @Test
  void aListIsSetShownReplacedAndRemovedAndEachIsARevision() throws Exception {
    TestControl.Reply set =
        control.call("PUT", "/lists/offices", list("allow", "8.8.8.8", "2a00:1450::/32"));
    assertThat(set.status()).isEqualTo(200);
    assertThat(set.etag()).isEqualTo("\"2\"");
    assertThat(set.body())
        .isEqualTo(new JsonObject("{\"name\":\"offices\",\"use\":\"allow\",\"count\":2}"));
    control.call("PUT", "/lists/abroad", list("deny", "8.8.4.0/24"));
    TestControl.Reply all = control.call("GET", "/lists");
    assertThat(all.etag()).isEqualTo("\"3\"");
    assertThat(all.body().getJsonArray("lists"))
        .containsExactly(
            new JsonObject("{\"name\":\"abroad\",\"use\":\"deny\",\"count\":1}"), set.body());
    assertThat(control.call("GET", "/lists/offices").body())
        .isEqualTo(
            new JsonObject(
                "{\"name\":\"offices\",\"use\":\"allow\",\"prefixes\":[\"2a00:1450::/32\",\"8.8.8.8/32\"]}"));

    String turned = list("deny", "8.8.8.0/24", "8.8.8.8", "8.8.9.0/24");
    assertThat(control.call("PUT", "/lists/offices", turned).problem())
        .isEqualTo(
            "409 confirm doesn't have use, and of all lists is so: offices let in, and would refuse."
                + " If that is meant, to confirm it would be right");
    control.call("PUT", "/lists/offices", confirmed(turned, "use"));
    assertThat(control.call("GET", "/revisions/3/diff").body().getJsonArray("changes"))
        .as("without addresses, of which there may be 400,000")
        .containsExactly(
            new JsonObject(
                """
                {"kind": "list", "id": "offices", "came": 2, "went": 1,
                 "before": {"name": "offices", "use": "allow", "count": 2},
                 "after": {"name": "offices", "use": "deny", "count": 3}}\
                """));
    TestControl.Reply before = control.call("GET", "/lists/offices?revision=3");
    assertThat(before.body().getJsonArray("prefixes"))
        .containsExactly("2a00:1450::/32", "8.8.8.8/32");
    assertThat(before.etag()).isEqualTo("\"3\"");
    assertThat(control.call("GET", "/lists/abroad?revision=2").problem())
        .isEqualTo("404 there is no list \"abroad\"");
    assertThat(control.call("GET", "/lists/offices?revision=5").problem())
        .isEqualTo("400 revision is 5: 1 to 4 would be right");
    assertThat(control.call("DELETE", "/lists/offices").body().getLong("revision")).isEqualTo(5);
    assertThat(control.call("DELETE", "/lists/offices").problem())
        .isEqualTo("404 there is no list \"offices\"");
    assertThat(control.call("GET", "/lists/offices").status()).isEqualTo(404);
    assertThat(control.callOn("\"5\"", "POST", "/revisions/3/restoration", "{}").status())
        .isEqualTo(200);
    assertThat(control.call("GET", "/lists/offices").body().getString("use")).isEqualTo("allow");
    assertThat(control.call("GET", "/audit").body().getJsonArray("entries"))
        .extracting(entry -> ((JsonObject) entry).getString("what"))
        .containsSubsequence("removed list offices", "set list offices", "set list abroad");
    assertThat(control.callOn("\"2\"", "PUT", "/lists/x", list("deny", "8.8.8.8")).status())
        .isEqualTo(412);
    assertThat(control.callOn("\"2\"", "DELETE", "/lists/offices", "").status()).isEqualTo(412);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-x|{}|name is \"-x\": 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter or digit would be right",
        "x|{}|use is missing",
        "x|{\"use\":\"deny\"}|prefixes is missing",
        "x|{\"use\":\"refuse\",\"prefixes\":[\"8.8.8.8\"]}|use is \"refuse\": allow or deny would be right",
        "x|{\"use\":\"deny\",\"prefixes\":[]}|prefixes' count is 0: 1 to 10000 would be right",
        "x|{\"use\":\"deny\",\"prefixes\":[\"8.8.8.8\",\"here\"]}|prefixes.1 is \"here\": a range like 192.0.2.0/24 or 2001:db8::/32 would be right",
        "x|{\"use\":\"deny\",\"prefixes\":[\"8.8.8.8\",\"8.8.8.8/32\"]}|prefixes has 8.8.8.8/32 twice: once would be right",
        "x|{\"use\":\"deny\",\"prefixes\":[7]}|prefixes.0 is no text",
        "x|{\"use\":\"deny\",\"prefixes\":[\"8.8.8.8\"],\"confirm\":[\"all\"]}|confirm.0 is \"all\": everything, private, bogon, fewer, use or nobody would be right",
        "x|{\"use\":\"deny\",\"prefixes\":[\"8.8.8.8\"],\"more\":1}|more is no field here: confirm, prefixes, use would be right",
      })
  void whatIsNoListIsSaidAndNothingIsChanged(String name, String body, String error)
      throws Exception {
    TestControl.Reply refused = control.call("PUT", "/lists/" + name, body);
    assertThat(refused.problem()).isEqualTo("400 " + error);
    assertThat(control.call("GET", "/lists").body().getLong("revision")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "deny|10.0.0.0/8|private|it would refuse addresses of 10.0.0.0/8",
        "deny|44.0.0.0/7|everything|it would refuse all of 44.0.0.0/7",
        "deny|2001:db8::/32|bogon|it would refuse addresses of 2001:db8::/32",
        "allow|127.0.0.1|private, bogon|no client comes from any of its addresses, so it would let nobody in",
      })
  void whatNobodyMeansIsDoneWhenItIsConfirmed(String use, String prefix, String dangers, String why)
      throws Exception {
    TestControl.Reply refused = control.call("PUT", "/lists/x", list(use, prefix));
    assertThat(refused.problem())
        .startsWith("409 confirm doesn't have ")
        .contains(why)
        .endsWith(". If that is meant, to confirm it would be right");
    assertThat(refused.body().getString("field")).isEqualTo("confirm");
    String confirmed = confirmed(list(use, prefix), dangers.split(", "));
    assertThat(control.call("PUT", "/lists/x", confirmed).status()).isEqualTo(200);
  }

  @Test
  void listsThatDenyHalfOfAllAddressesTogetherAreConfirmedOnce() throws Exception {
    control.call("PUT", "/lists/a", list("deny", blocks(1, 57)));
    String second = list("deny", blocks(58, 114));
    assertThat(control.call("PUT", "/lists/b", second).problem())
        .isEqualTo(
            "409 confirm doesn't have everything, and of all lists is so: together they would refuse"
                + " half of all addresses or more. If that is meant, to confirm it would be right");
    assertThat(control.call("PUT", "/lists/b", confirmed(second, "everything")).status())
        .isEqualTo(200);
    assertThat(control.call("PUT", "/lists/c", list("deny", "200.0.0.0/8")).status())
        .isEqualTo(200);
  }

  @Test
  void whatWouldLetNobodyInIsConfirmedWhicheverListBringsItAbout() throws Exception {
    control.call("PUT", "/lists/offices", list("allow", "8.8.8.0/24"));
    String denied = list("deny", "8.8.8.0/25", "8.8.8.128/25", "8.8.9.0/24");
    String nobody =
        "409 confirm doesn't have nobody, and of %s is so: together they would let nobody in."
            + " If that is meant, to confirm it would be right";
    assertThat(control.call("PUT", "/lists/denied", denied).problem())
        .isEqualTo(nobody.formatted("all lists"));
    control.call("PUT", "/lists/homes", list("allow", "8.8.4.0/24"));
    assertThat(control.call("PUT", "/lists/denied", denied).status()).isEqualTo(200);

    assertThat(control.call("DELETE", "/lists/homes").problem())
        .isEqualTo(nobody.formatted("all lists"));
    assertThat(control.call("DELETE", "/lists/homes?confirm=use").problem())
        .isEqualTo("400 confirm is \"use\": nobody would be right");
    assertThat(control.call("DELETE", "/lists/homes?confirm=nobody").etag()).isEqualTo("\"5\"");
    assertThat(control.call("PUT", "/lists/more", list("deny", "9.9.9.9")).status())
        .as("nobody came in before")
        .isEqualTo(200);
    assertThat(control.call("DELETE", "/lists/offices").etag()).isEqualTo("\"7\"");

    TestControl.Reply compared = control.call("GET", "/revisions/6/restoration");
    assertThat(compared.body().getJsonArray("dangers")).containsExactly("nobody");
    assertThat(control.callOn("\"7\"", "POST", "/revisions/6/restoration", "{}").problem())
        .isEqualTo(nobody.formatted("its lists"));
    String meant = "{\"confirm\":[\"nobody\"]}";
    assertThat(control.callOn("\"7\"", "POST", "/revisions/6/restoration", meant).status())
        .isEqualTo(200);
    assertThat(control.call("GET", "/revisions/7/restoration").body().getJsonArray("dangers"))
        .isEmpty();
  }

  @Test
  void aPartOfTheListThatWasThereIsNoListUnlessThatIsConfirmed() throws Exception {
    String[] many = IntStream.range(0, 21).mapToObj(i -> "8.8.8." + 2 * i).toArray(String[]::new);
    control.call("PUT", "/lists/x", list("deny", many));
    assertThat(control.call("PUT", "/lists/x", list("deny", "8.8.8.1", "8.8.8.3")).problem())
        .isEqualTo(
            "409 confirm doesn't have fewer, and of the list is so: it has 2 prefixes, and had 21."
                + " If that is meant, to confirm it would be right");
    assertThat(control.call("GET", "/lists").body().getLong("revision")).isEqualTo(2);
  }

  /** Which would be 10,000 sentences. */
  @Test
  void aLongListOfWhatIsNoneIsRefusedAtOnce() throws Exception {
    String body =
        new JsonObject()
            .put("use", "deny")
            .put("prefixes", new JsonArray(Collections.nCopies(100_000, 7)))
            .encode();
    assertThat(control.call("PUT", "/lists/x", body).problem())
        .isEqualTo(
            "400 the body is not as the document has it: of one with fewer parts it is said where");
  }

  @Test
  void settingsHoldForWhatHasNothingOfItsOwn() throws Exception {
    JsonObject none = new JsonObject("{\"limits\":{},\"overlap\":86400}");
    assertThat(control.call("GET", "/settings").body()).isEqualTo(none);
    control.call("POST", "/secrets", TestControl.ALICE);
    control.call("POST", "/secrets", TestControl.ALICE.replace("alice", "bob"));
    control.call("PUT", "/secrets/bob/limits", "{\"bytes\":{\"day\":5}}");
    JsonObject settings =
        new JsonObject("{\"limits\":{\"connections\":8,\"bytes\":{\"month\":9}},\"overlap\":0}");
    TestControl.Reply changed = control.call("PUT", "/settings", settings.encode());
    assertThat(changed.body()).isEqualTo(settings);
    assertThat(changed.etag()).isEqualTo("\"5\"");
    assertThat(control.call("GET", "/settings").body()).isEqualTo(settings);
    assertThat(control.call("GET", "/usage").body().getJsonArray("secrets"))
        .containsExactly(
            new JsonObject("{\"name\":\"alice\",\"bytes\":{\"month\":0}}"),
            new JsonObject("{\"name\":\"bob\",\"bytes\":{\"day\":0}}"));
    JsonObject rotated = control.call("POST", "/secrets/alice/rotation", "{}").body();
    assertThat(rotated.getJsonArray("keys")).hasSize(1); // the one before has ended at once
    assertThat(control.callOn("\"2\"", "PUT", "/settings", "{}").status()).isEqualTo(412);
    assertThat(control.call("PUT", "/settings", "").body()).isEqualTo(none);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"overlap\":-1}|overlap is -1: 0 to 31536000 would be right",
        "{\"limits\":{\"connections\":0}}|limits.connections is 0: 1 to 1000000 would be right",
        "{\"limits\":{\"expiry\":\"2099-01-01T00:00:00.5Z\"}}|limits.expiry is 2099-01-01T00:00:00.500Z: whole seconds from 1970 to 9999 would be right",
        "{\"connections\":1}|connections is no field here: limits, overlap would be right",
      })
  void whatIsNoSettingIsSaid(String body, String error) throws Exception {
    assertThat(control.call("PUT", "/settings", body).problem()).isEqualTo("400 " + error);
    assertThat(control.call("GET", "/settings").etag()).isEqualTo("\"1\"");
  }
}
