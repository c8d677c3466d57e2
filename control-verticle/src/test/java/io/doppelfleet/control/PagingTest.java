package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lists that may be long, page by page. */
@Timeout(60)
final class PagingTest {
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

  private JsonObject get(String path) throws Exception {
    TestControl.Reply reply = control.call("GET", path);
    assertThat(reply.status()).isEqualTo(200);
    return reply.body();
  }

  private void add(String name) throws Exception {
    String host = name + ".example.org";
    control.call("POST", "/secrets", new JsonObject().put("name", name).put("host", host).encode());
  }

  private static List<String> of(JsonArray list, String field) {
    List<String> all = new ArrayList<>();
    list.forEach(each -> all.add(String.valueOf(((JsonObject) each).getValue(field))));
    return all;
  }

  private List<String> secrets(String query) throws Exception {
    return of(get("/secrets" + query).getJsonArray("secrets"), "name");
  }

  @Test
  void whatIsAddedOrTakenAwayBetweenTwoPagesHasNobodyMissAnotherOrSeeItTwice() throws Exception {
    for (String name : List.of("b", "d", "f", "h")) {
      add(name);
    }
    JsonObject first = get("/secrets?limit=2");
    assertThat(of(first.getJsonArray("secrets"), "name")).containsExactly("b", "d");
    assertThat(first.getString("next")).isEqualTo("d");
    control.call("DELETE", "/secrets/d");
    add("a");
    add("g");
    JsonObject second = get("/secrets?limit=2&cursor=d");
    assertThat(of(second.getJsonArray("secrets"), "name")).containsExactly("f", "g");
    JsonObject last = get("/secrets?limit=2&cursor=" + second.getString("next"));
    assertThat(of(last.getJsonArray("secrets"), "name")).containsExactly("h");
    assertThat(last.containsKey("next")).isFalse();
  }

  @Test
  void secretsAreFoundByAPartOfTheirNamesOrHosts() throws Exception {
    for (String name : List.of("anna", "bert", "berta", "carl")) {
      add(name);
    }
    assertThat(secrets("?search=ert")).containsExactly("bert", "berta");
    assertThat(secrets("?search=ert&limit=1")).containsExactly("bert");
    assertThat(get("/secrets?search=ert&limit=1").getString("next")).isEqualTo("bert");
    assertThat(secrets("?search=ert&limit=1&cursor=bert")).containsExactly("berta");
    assertThat(secrets("?search=carl.ex")).containsExactly("carl");
    assertThat(secrets("?search=Carl")).isEmpty();
    assertThat(control.call("GET", "/secrets?search=" + "x".repeat(254)).problem())
        .isEqualTo("400 search has 254 characters: 1 to 253 would be right");
    assertThat(control.call("GET", "/secrets?limit=5001").status()).isEqualTo(400);
    assertThat(control.call("GET", "/secrets?cursor=%2F").status()).isEqualTo(400);
  }

  @Test
  void bansAndRevisionsHaveNextTillTheLastPage() throws Exception {
    for (String prefix : List.of("192.0.2.0/24", "198.51.100.0/24", "2001:db8::/32")) {
      JsonObject ban = new JsonObject().put("prefix", prefix).put("reason", "a test");
      assertThat(control.call("POST", "/bans", ban.encode()).status()).isEqualTo(201);
    }
    List<String> whole = of(get("/bans").getJsonArray("bans"), "prefix");
    List<String> bans = new ArrayList<>();
    String query = "?limit=1";
    while (!query.isEmpty()) {
      JsonObject page = get("/bans" + query);
      bans.addAll(of(page.getJsonArray("bans"), "prefix"));
      query = page.containsKey("next") ? "?limit=1&cursor=" + page.getString("next") : "";
    }
    assertThat(bans).isEqualTo(whole).hasSize(3);
    List<String> numbers = new ArrayList<>();
    query = "?limit=3";
    while (!query.isEmpty()) {
      JsonObject page = get("/revisions" + query);
      numbers.addAll(of(page.getJsonArray("revisions"), "number"));
      query = page.containsKey("next") ? "?limit=3&before=" + page.getString("next") : "";
    }
    assertThat(numbers).containsExactly("4", "3", "2", "1");
  }
}
