package io.doppelfleet.control;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Codes that people say beside their passwords. */
@Timeout(60)
final class SecondFactorTest {
  private static final String PASSWORD = "correct horse battery";
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:10Z");

  @TempDir Path directory;
  private TestControl control;
  private Visitor admin;
  private String secret;
  private JsonArray recovery;
  private Visitor before;

  @BeforeEach
  void start() throws Exception {
    control = TestControl.start(directory, at(Duration.ZERO));
    admin = control.visitor();
    admin.in(
        "/passwords",
        new JsonObject().put("invitation", control.invitation()).put("password", PASSWORD));
    JsonObject begun = admin.post("/totp", new JsonObject().put("password", PASSWORD)).body();
    secret = begun.getString("secret");
    assertThat(begun.getString("uri")).contains("secret=" + secret);
    assertThat(begun.getJsonObject("qr").getString("path")).startsWith("M0 0h7v1h-7z");
    before = control.visitor();
    assertThat(before.in("/session", body()).status()).isEqualTo(201); // nothing is asked for yet
    JsonObject confirmed =
        admin.post("/totp/confirmation", new JsonObject().put("code", code(0))).body();
    recovery = confirmed.getJsonArray("recovery");
  }

  @AfterEach
  void end() throws Exception {
    control.close();
  }

  private static Clock at(Duration later) {
    return Clock.fixed(NOW.plus(later), ZoneOffset.UTC);
  }

  private void later(Duration time) throws Exception {
    control.close();
    control = TestControl.start(directory, at(time));
    admin = admin.to(control);
  }

  /** As an app shows it so many steps after the beginning. */
  private String code(int steps) throws Exception {
    BigInteger bits = BigInteger.ZERO;
    for (int i = 0; i < secret.length(); i++) {
      char letter = secret.charAt(i);
      int five = letter >= 'A' ? letter - 'A' : letter - '2' + 26;
      bits = bits.shiftLeft(5).add(BigInteger.valueOf(five));
    }
    byte[] seed = new byte[20];
    byte[] bytes = bits.toByteArray();
    int length = Math.min(20, bytes.length);
    System.arraycopy(bytes, bytes.length - length, seed, 20 - length, length);
    return new TimeBasedOneTimePasswordGenerator()
        .generateOneTimePasswordString(
            new SecretKeySpec(seed, "HmacSHA1"), NOW.plusSeconds(30L * steps), Locale.ROOT);
  }

  private static JsonObject body() {
    return new JsonObject().put("name", "admin").put("password", PASSWORD);
  }

  private Visitor.Reply in(@Nullable String code) throws Exception {
    JsonObject body = body();
    return control.visitor().post("/session", code == null ? body : body.put("code", code));
  }

  @Test
  void whoSignsInSaysACodeSecondAndEachOnce() throws Exception {
    Visitor.Reply asked = in(null);
    assertThat(asked.detail())
        .isEqualTo("401 code is missing: the one that the app shows would be right");
    assertThat(asked.body().getString("field")).isEqualTo("code");
    assertThat(in(code(0)).detail()).startsWith("401 code is none of now"); // it was said before
    later(Duration.ofSeconds(30));
    assertThat(in(code(1)).status()).isEqualTo(201);
    assertThat(in(code(1)).status()).isEqualTo(401);
    assertThat(admin.get("/totp").body())
        .isEqualTo(new JsonObject().put("name", "admin").put("totp", true).put("recovery", 10));
  }

  @Test
  void whatThePasswordAloneOpenedEndsWhenACodeIsAskedForButWhereItWasSaid() throws Exception {
    assertThat(before.get("/session").status()).isEqualTo(401);
    assertThat(admin.get("/session").status()).isEqualTo(200);
  }

  @Test
  void aCodeIsReadInTheDigitsOfAnyScript() throws Exception {
    later(Duration.ofSeconds(30));
    String persian =
        code(1).chars().mapToObj(digit -> "" + (char) (digit - '0' + '۰')).collect(joining());
    assertThat(in(persian).status()).isEqualTo(201);
  }

  @Test
  void eachWrongCodeIsInTheAuditLog() throws Exception {
    JsonObject wrong = new JsonObject().put("code", "000000");
    assertThat(admin.post("/totp/end", wrong).status()).isEqualTo(400);
    assertThat(admin.post("/totp/confirmation", wrong).status()).isEqualTo(400);
    assertThat(in("000000").status()).isEqualTo(401);
    assertThat(control.call("GET", "/audit").body().encode().split("a code was wrong")).hasSize(4);
  }

  @Test
  void aWrongPasswordCountsThoughTheAuditLogCantBeWritten() throws Exception {
    control.close();
    try (Connection connection =
            DriverManager.getConnection("jdbc:h2:file:" + directory.resolve("fleet"));
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE audit");
    }
    control = TestControl.start(directory, at(Duration.ofSeconds(30)));
    JsonObject wrong = body().put("password", "wrong horse");
    for (int i = 0; i < 5; i++) {
      assertThat(control.visitor().post("/session", wrong).status()).isEqualTo(401);
    }
    assertThat(control.visitor().post("/session", wrong).status()).isEqualTo(429);
  }

  @Test
  void nobodyTakesTheirOwnCodesAwayWithoutOne() throws Exception {
    assertThat(admin.call("DELETE", "/accounts/admin/totp", null).detail())
        .isEqualTo("409 these are your own codes: POST /totp/end, with one of them, is right");
    assertThat(admin.get("/totp").body().getBoolean("totp")).isTrue();
  }

  @Test
  void aRecoveryCodeIsGoodOnceHoweverItIsTyped() throws Exception {
    String code = recovery.getString(3);
    assertThat(recovery).hasSize(10);
    assertThat(code).matches("([A-Z2-7]{4}-){3}[A-Z2-7]{4}");
    assertThat(in(code.toLowerCase(Locale.ROOT).replace("-", " ")).status()).isEqualTo(201);
    assertThat(in(code).status()).isEqualTo(401);
    assertThat(admin.get("/totp").body().getInteger("recovery")).isEqualTo(9);
  }

  @Test
  void whoHasFoundOutThePasswordKeepsItsOwnerFromNoRecoveryCode() throws Exception {
    for (int i = 0; i < 2; i++) {
      String network = "127.0.0." + (5 + i); // from which nobody is a stranger then
      assertThat(inFrom(network, recovery.getString(i))).isEqualTo(201);
      for (int j = 0; j < 5; j++) {
        assertThat(inFrom(network, "000000")).isEqualTo(401);
      }
    }
    assertThat(in(code(1)).status()).isEqualTo(429);
    assertThat(in(recovery.getString(2)).status()).isEqualTo(201);
  }

  private int inFrom(String address, String code) throws Exception {
    String text = body().put("code", code).encode();
    try (Wire wire = Wire.from(address, control)) {
      return wire.request("POST", "/session", "", text.length(), text).status();
    }
  }

  @Test
  void noProgramTakesCodesAway() throws Exception {
    String made =
        new JsonObject().put("name", "ci").put("role", "admin").put("password", PASSWORD).encode();
    String token = admin.call("POST", "/tokens", made).body().getString("token");
    Visitor program = control.visitor().with("Authorization", "Bearer " + token);
    assertThat(program.call("DELETE", "/accounts/admin/totp", null).detail())
        .startsWith("409 no program takes codes away: an administrator who has signed in, or");
    for (String path : new String[] {"/totp", "/totp/confirmation", "/totp/end"}) {
      String field = path.equals("/totp") ? "password" : "code";
      String said = path.equals("/totp") ? PASSWORD : recovery.getString(0);
      assertThat(program.post(path, new JsonObject().put(field, said)).status()).isEqualTo(409);
    }
    assertThat(admin.get("/totp").body())
        .isEqualTo(new JsonObject().put("name", "admin").put("totp", true).put("recovery", 10));
  }

  @Test
  void codesAreTriedAsOftenAsPasswordsAndNoMore() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(in("00000" + i).status()).isEqualTo(401);
    }
    assertThat(in(recovery.getString(0)).status()).isEqualTo(429);
    assertThat(admin.post("/totp/end", new JsonObject().put("code", "x")).status()).isEqualTo(429);
  }

  @Test
  void whoIsInEndsItWithACodeAndAnAdministratorWithout() throws Exception {
    assertThat(admin.post("/totp/end", new JsonObject().put("code", "000000")).detail())
        .startsWith("400 code is none of now");
    JsonObject good = new JsonObject().put("code", recovery.getString(0));
    assertThat(admin.post("/totp/end", good).status()).isEqualTo(200);
    assertThat(in(null).status()).isEqualTo(201);
    assertThat(control.call("DELETE", "/accounts/admin/totp").status()).isEqualTo(404);
    JsonObject anew = admin.post("/totp", new JsonObject().put("password", PASSWORD)).body();
    secret = anew.getString("secret");
    assertThat(admin.post("/totp/confirmation", new JsonObject().put("code", code(0))).status())
        .isEqualTo(200);
    assertThat(control.call("GET", "/accounts").body().encode()).contains("\"totp\":true");
    assertThat(control.call("DELETE", "/accounts/admin/totp").status()).isEqualTo(200);
    assertThat(in(null).status()).isEqualTo(201);
  }

  @Test
  void anInvitationIsNoWayAroundACode() throws Exception {
    String invitation =
        control.call("POST", "/accounts/admin/invitation", "{}").body().getString("invitation");
    JsonObject body = new JsonObject().put("invitation", invitation).put("password", PASSWORD + 2);
    assertThat(control.visitor().post("/passwords", body).detail())
        .startsWith("401 code is missing");
    body.put("code", recovery.getString(1));
    assertThat(control.visitor().post("/passwords", body).status()).isEqualTo(201);
  }

  @Test
  void itNeedsThePasswordToBeginAndIsOfPeopleAlone() throws Exception {
    assertThat(admin.post("/totp", new JsonObject().put("password", PASSWORD)).detail())
        .isEqualTo("409 there are codes already: end these first, with one of them");
    assertThat(admin.post("/totp", new JsonObject().put("password", "wrong horse")).detail())
        .isEqualTo("400 password is wrong");
    assertThat(control.call("GET", "/totp").problem())
        .isEqualTo("409 codes are of who signs in with a password: a browser's session is right");
  }

  @Test
  void theStoreHasNoneOfItAndTheAuditLogSaysThatItBegan() throws Exception {
    String all = control.call("GET", "/audit").body().encode();
    assertThat(all).contains("says codes from now on").doesNotContain(secret);
    control.close();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(text).doesNotContain(secret);
        for (Object code : recovery) {
          assertThat(text).doesNotContain(((String) code).replace("-", ""));
        }
      }
    }
    control = TestControl.start(directory, at(Duration.ofSeconds(60)));
    assertThat(in(code(2)).status()).isEqualTo(201);
  }
}
