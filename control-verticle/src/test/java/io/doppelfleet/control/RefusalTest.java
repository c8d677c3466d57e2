package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API says to what it can't do: one control for all, which nothing of it changes. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RefusalTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir static Path directory;
  private TestControl control;

  @BeforeAll
  void start() throws Exception {
    control = TestControl.start(directory);
    control.call("POST", "/secrets", TestControl.ALICE.replace("alice", "bob"));
  }

  @AfterAll
  void end() throws Exception {
    control.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET|/nothing||404|there is nothing at /api/v1/nothing",
        "PATCH|/secrets|{}|405|PATCH can't be done to /api/v1/secrets",
        "GET|/secrets/%zz||400|the request can't be understood",
        "GET|/revisions?before=%zz||400|the request can't be understood",
        "GET|/secrets/nobody||404|there is no secret \"nobody\"",
        "DELETE|/secrets/nobody||404|there is no secret \"nobody\"",
        "POST|/secrets/nobody/rotation|{}|404|there is no secret \"nobody\"",
        "GET|/secrets/nobody/links||404|there is no secret \"nobody\"",
        "GET|/secrets/nobody/traffic||404|there is no secret \"nobody\", and nothing is known of one",
        "PUT|/secrets/nobody/limits|{}|404|there is no secret \"nobody\"",
        "PUT|/secrets/nobody/limits|{'speed':5000}|400|speed is no field here: addresses, bytes, connections, expiry, rate would be right",
        "PUT|/secrets/nobody/limits|{'rate':1023}|400|rate is 1023: 1024 to 1099511627776 would be right",
        "PUT|/secrets/nobody/limits|{'rate':'fast'}|400|rate is \"fast\": 1024 to 1099511627776 would be right",
        "PUT|/secrets/nobody/limits|{'connections':0}|400|connections is 0: 1 to 1000000 would be right",
        "PUT|/secrets/nobody/limits|{'connections':4294967297}|400|connections is 4294967297: 1 to 1000000 would be right",
        "PUT|/secrets/nobody/limits|{'connections':1.5}|400|connections is 1.5: 1 to 1000000 would be right",
        "PUT|/secrets/nobody/limits|{'connections':'8'}|400|connections is \"8\": 1 to 1000000 would be right",
        "PUT|/secrets/nobody/limits|{'connections':[8]}|400|connections is no number: 1 to 1000000 would be right",
        "PUT|/secrets/nobody/limits|{'connections':99999999999999999999}|400|connections is 99999999999999999999: 1 to 1000000 would be right",
        "PUT|/secrets/nobody/limits|{'addresses':{'count':3,'window':60,'a/b':1}}|400|addresses.a/b is no field here: count, window would be right",
        "POST|/revisions/1/restoration|{'really':true}|400|really is no field here: confirm would be right",
        "POST|/tokens|{'name':'t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t','role':'admin'}|400|name is \"t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t\": 1 to 58 of a-z A-Z 0-9 . _ - beginning with a letter or digit would be right",
        "POST|/tokens|{'name':'ci','role':'boss'}|400|role is \"boss\": viewer, operator or admin would be right",
        "POST|/tokens|{'name':'ci','role':'admin','time':0}|400|time is 0: 1 to 31622400 would be right",
        "GET|/revisions?before=9223372036854775808||400|before is \"9223372036854775808\": 1 to 9223372036854775807 would be right",
        "PUT|/secrets/nobody/limits|{'bytes':{'year':1}}|400|bytes.year is no field here: day, month, total, week would be right",
        "PUT|/secrets/nobody/limits|{'bytes':{'day':0}}|400|bytes.day is 0: 1 to 1152921504606846976 would be right",
        "PUT|/secrets/nobody/limits|{'bytes':5}|400|bytes is no object",
        "PUT|/secrets/nobody/limits|{'addresses':{'count':3}}|400|addresses.window is missing",
        "PUT|/secrets/nobody/limits|{'addresses':{'count':3,'window':5}}|400|addresses.window is 5: 60 to 2678400 would be right",
        "PUT|/secrets/nobody/limits|{'expiry':'soon'}|400|expiry is \"soon\": a time like 2026-11-25T07:25:18Z would be right",
        "DELETE|/nodes/-||400|name is \"-\": 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter or digit would be right",
        "POST|/nodes/-/drain|{}|400|name is \"-\": 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter or digit would be right",
        "POST|/session|{'name':'-','password':'x'}|400|name is \"-\": 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter or digit would be right",
        "GET|/traffic?by=week||400|by is \"week\": hour or day would be right",
        "GET|/traffic?by=day&by=day||400|by is there twice: once would be right",
        "GET|/traffic?limit=0||400|limit is \"0\": 1 to 1000 would be right",
        "GET|/traffic?before=now||400|before is \"now\": a time like 2026-11-25T07:25:18Z would be right",
        "POST|/secrets|nothing|400|the body is no JSON object, or has a field twice",
        "POST|/secrets|{'name':'a','name':'b'}|400|the body is no JSON object, or has a field twice",
        "POST|/imports|{'secrets':{'a':'ee','a':'ee'}}|400|the body is no JSON object, or has a field twice",
        "POST|/secrets|[1]|400|the body is no JSON object",
        "POST|/secrets|{}|400|name is missing",
        "POST|/secrets|{'name':5}|400|name is no text",
        "POST|/secrets|{'name':'-','host':'a.bc'}|400|name is \"-\": 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter or digit would be right",
        "POST|/secrets|{'name':'a','host':'a..bc'}|400|host is not right: the host name has an empty label or one of more than 63 bytes",
        "POST|/secrets|{'name':'a','hots':'a.bc'}|400|hots is no field here: host, limits, name would be right",
        "POST|/secrets|{'name':'a','\\u000e\\u00e9':1}|400|%E%C3%A9 is no field here: host, limits, name would be right",
        "POST|/secrets/bob/rotation|{'overlap':-1}|400|overlap is -1: 0 to 31536000 would be right",
        "POST|/secrets/bob/rotation|{'overlap':1.5}|400|overlap is 1.5: 0 to 31536000 would be right",
        "POST|/secrets/bob/rotation|{'overlap':'1h'}|400|overlap is \"1h\": 0 to 31536000 would be right",
        "POST|/secrets|{'name':'ee00112233445566778899aabbccddeeff','host':'a.bc'}|400|name has a secret, it seems, where a name belongs",
        "POST|/imports|{'secrets':{'ee00112233445566778899aabbccddeeff':'a'}}|400|secrets has a secret, it seems, where a name belongs",
        "POST|/secrets|{'ee00112233445566778899aabbccddeeff':'a'}|400|what was asked isn't repeated: a secret may be in it",
        "GET|/secrets/ee00112233445566778899aabbccddeeff||404|what was asked isn't repeated: a secret may be in it",
        "GET|/ee00112233445566778899aabbccddeeff||404|what was asked isn't repeated: a secret may be in it",
        "DELETE|/bans/ee00112233445566778899aabbccddeeff||400|what was asked isn't repeated: a secret may be in it",
        "POST|/imports|{}|400|secrets is missing",
        "POST|/imports|{'secrets':[]}|400|secrets is no object",
        "POST|/imports|{'secrets':{}}|400|secrets is empty: one secret at least would be right",
        "POST|/imports|{'secrets':{'a':1}}|400|secrets.a is no text",
        "POST|/imports|{'secrets':{'a':'ee'}}|400|secrets.a is not right: it ends after 1 bytes: ee, 16 key bytes and a host name are right",
        "POST|/bans|{'prefix':'192.0.2.1'}|400|reason is missing",
        "POST|/bans|{'prefix':'192.0.2.1/24','reason':'x'}|400|prefix is \"192.0.2.1/24\": its address is 192.0.2.1, which has bits beyond /24: 192.0.2.0 would be right",
        "POST|/bans|{'prefix':'10.0.0.0/7','reason':'x'}|400|prefix is 10.0.0.0/7: a range of /8 or longer would be right",
        "POST|/bans|{'prefix':'192.0.2.1','reason':' '}|400|reason is \" \": one line of 1 to 200 characters, not all of them blank, would be right",
        "POST|/bans|{'prefix':'192.0.2.1','reason':'x','expiry':'soon'}|400|expiry is \"soon\": a time like 2026-11-25T07:25:18Z would be right",
        "POST|/bans|{'prefix':'192.0.2.1','reason':'x','expiry':'2020-01-01T00:00:00Z'}|400|expiry is 2020-01-01T00:00:00Z: a time after now would be right",
        "DELETE|/bans/192.0.2.0%2F24||404|192.0.2.0/24 is not banned",
        "DELETE|/bans/here||400|prefix is \"here\": a range like 192.0.2.0/24 or 2001:db8::/32 would be right",
        "GET|/revisions?limit=0||400|limit is \"0\": 1 to 1000 would be right",
        "GET|/revisions?before=x||400|before is \"x\": 1 to 9223372036854775807 would be right",
        "GET|/revisions/9/diff||400|revision is 9: 1 to 2 would be right",
        "GET|/revisions/0/diff||400|number is \"0\": 1 to 9223372036854775807 would be right",
        "GET|/revisions/1/diff?to=7||400|revision is 7: 1 to 2 would be right",
        "GET|/revisions/9/restoration||400|revision is 9: 1 to 2 would be right",
      })
  void whatCannotBeDoneIsSaidWithItsFieldAndChangesNothing(
      String method, String path, @Nullable String body, int status, String detail)
      throws Exception {
    TestControl.Reply reply =
        body == null
            ? control.call(method, path)
            : control.call(method, path, body.replace('\'', '"'));
    assertThat(reply.problem()).isEqualTo(status + " " + detail);
    assertThat(reply.type()).isEqualTo("application/problem+json");
    assertThat(control.call("GET", "/status").body().getLong("revision")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain",
      })
  void aBodyThatIsNotMeantAsJsonIsRefusedAndNoLogHasIt(String type) throws Exception {
    try (Logged logged = Logged.of("io.doppelfleet")) {
      String head = "POST /api/v1/imports HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
      assertThat(raw(head + "Content-Type: " + type + "\r\nContent-Length: 4\r\n\r\n%e&%"))
          .startsWith("HTTP/1.1 415 ")
          .contains("\"field\":\"Content-Type\"")
          .doesNotContain("%e&%");
      String json = "Content-Type: Application/JSON; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}";
      assertThat(raw(head + json)).startsWith("HTTP/1.1 400 ").contains("secrets is missing");
      assertThat(logged.errors()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"414, 5000, 1", "431, 1, 9000"})
  void aHeadThatIsTooLongIsAnsweredAsTheDocumentHasIt(int status, int path, int line)
      throws Exception {
    assertThat(
            raw(
                "GET /api/v1/status?%s HTTP/1.1\r\nHost: x\r\nX: %s\r\nConnection: close\r\n\r\n"
                    .formatted("x".repeat(path), "x".repeat(line))))
        .containsPattern("^HTTP/1.[01] " + status + " ");
    JsonObject calls = control.call("GET", "/openapi.json").body().getJsonObject("paths");
    JsonObject answers =
        calls.getJsonObject("/status").getJsonObject("get").getJsonObject("responses");
    assertThat(answers.fieldNames()).contains(Integer.toString(status));
  }

  @Test
  void aBodyThatIsBrokenOffIsNobodysFault() throws Exception {
    try (Logged logged = Logged.of("io.doppelfleet")) {
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(control.socket))) {
        channel.write(
            ByteBuffer.wrap(
                "POST /api/v1/imports HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
                    .getBytes(StandardCharsets.UTF_8)));
      }
      await().atMost(SOON).until(() -> logged.has("went away"));
      assertThat(logged.errors()).isEmpty();
    }
  }

  /** All that is answered to these bytes until the connection ends. */
  private String raw(String request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(control.socket))) {
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aWrongIfMatchIsSaid() throws Exception {
    assertThat(control.callOn("7", "POST", "/secrets", TestControl.ALICE).problem())
        .isEqualTo(
            "400 If-Match is \"7\": an ETag of these answers in its quotes, like \"7\", would be right");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'LONG':1}|LONG is no field here: secrets would be right",
        "{'secrets':{'LONG':1}}|secrets.LONG is no text",
        "{'secrets':{'LONG':'ee'}}|secrets.LONG is not right: it ends after 1 bytes: ee, 16 key bytes and a host name are right",
      })
  void aNameOfAnyLengthIsRepeatedNoLongerThanIsOfUse(String body, String detail) throws Exception {
    String sent = body.replace('\'', '"').replace("LONG", "x".repeat(40_000));
    assertThat(control.call("POST", "/imports", sent).problem())
        .isEqualTo("400 " + detail.replace("LONG", "x".repeat(79) + "…"));
  }

  @Test
  void aBodyThatIsTooLongIsNotRead() throws Exception {
    TestControl.Reply reply = control.call("POST", "/imports", "x".repeat((4 << 20) + 1));
    assertThat(reply.problem()).isEqualTo("413 the body is longer than 4194304 bytes");
    assertThat(control.call("POST", "/secrets", "x".repeat((64 << 10) + 1)).problem())
        .isEqualTo("413 the body is longer than 65536 bytes");
  }
}
