package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may no more does no more, whatever they have begun. */
@Timeout(60)
final class EndedTest {
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

  private static String token(String name) {
    return new JsonObject().put("name", name).put("role", "admin").encode();
  }

  @Test
  void whoseTokenIsRevokedWhileTheirBodyComesChangesNothing() throws Exception {
    String made = control.call("POST", "/tokens", token("ci")).body().getString("token");
    String head = "Expect: 100-continue\r\nAuthorization: Bearer " + made + "\r\n";
    String body = TestControl.ALICE;
    try (Wire wire = Wire.to(control)) {
      wire.request("POST", "/secrets", head, body.length(), "");
      assertThat(wire.status()).isEqualTo(100); // it is known who asks
      control.call("DELETE", "/tokens/ci");
      wire.send(body);
      assertThat(wire.status()).isEqualTo(401);
    }
    assertThat(control.call("GET", "/status").body().getInteger("secrets")).isZero();
  }
}
