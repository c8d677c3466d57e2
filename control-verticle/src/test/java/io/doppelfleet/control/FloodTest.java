package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Strangers of one network who all ask at once, while the store is slow. */
@Timeout(60)
final class FloodTest {
  private static final String STRANGERS_TOKEN =
      "Authorization: Bearer api1." + "x".repeat(43) + "\r\n";

  /** Of those that one network may have open. */
  private static final int MANY = 20;

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

  /** All ask, and somebody of another network after them; the statuses, theirs last. */
  private List<Integer> statuses(String method, String path, String head, String body)
      throws Exception {
    return statuses(method, path, head, body, () -> Wire.from("127.0.0.2", control), head);
  }

  /** The same with somebody who comes by another wire with another head. */
  private List<Integer> statuses(
      String method,
      String path,
      String head,
      String body,
      Callable<Wire> other,
      String headOfOther)
      throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    WorkerExecutor threads = control.vertx.createSharedWorkerExecutor("doppelfleet-control-web");
    List<Future<Boolean>> busy = new ArrayList<>();
    for (int i = 0; i < 50; i++) { // more than there are threads
      busy.add(threads.executeBlocking(() -> slow.await(30, TimeUnit.SECONDS), false));
    }
    List<Wire> wires = new ArrayList<>();
    List<Integer> statuses = new ArrayList<>();
    try {
      for (int i = 0; i < MANY; i++) {
        wires.add(Wire.to(control).request(method, path, head, body.length(), body));
      }
      Thread.sleep(300); // all of them are read
      wires.add(other.call().request(method, path, headOfOther, body.length(), body));
      Thread.sleep(100);
      slow.countDown();
      for (Wire wire : wires) {
        statuses.add(wire.status());
      }
    } finally {
      slow.countDown();
      TestControl.get(Future.all(busy));
      TestControl.get(threads.close());
      for (Wire wire : wires) {
        wire.close();
      }
    }
    return statuses;
  }

  private static void assertEightOfOneNetworkAndTheOther(List<Integer> statuses) {
    assertThat(statuses).hasSize(MANY + 1);
    assertThat(statuses.getLast()).isEqualTo(401);
    assertThat(statuses.subList(0, MANY)).containsOnly(401, 503);
    assertThat(statuses.subList(0, MANY).stream().filter(status -> status == 401)).hasSize(8);
  }

  @Test
  void madeUpTokensOfOneNetworkDoNotKeepOthersOut() throws Exception {
    assertEightOfOneNetworkAndTheOther(statuses("GET", "/status", STRANGERS_TOKEN, ""));
  }

  @Test
  void madeUpTokensOfANetworkDoNotKeepOutWhoHasAGoodOneThere() throws Exception {
    String made = new JsonObject().put("name", "ci").put("role", "viewer").encode();
    String good = control.call("POST", "/tokens", made).body().getString("token");
    String head = "Authorization: Bearer " + good + "\r\n";
    try (Wire wire = Wire.to(control).request("GET", "/status", head, 0, "")) {
      assertThat(wire.status()).isEqualTo(200);
    }
    List<Integer> statuses =
        statuses("GET", "/status", STRANGERS_TOKEN, "", () -> Wire.to(control), head);
    assertThat(statuses.getLast()).isEqualTo(200);
    assertThat(statuses.subList(0, MANY)).contains(503);
  }

  @Test
  void oneThatWasRevokedHasNoPlaceOfItsOwnAnyMore() throws Exception {
    String made = new JsonObject().put("name", "ci").put("role", "viewer").encode();
    String good = control.call("POST", "/tokens", made).body().getString("token");
    Visitor program = control.visitor().with("Authorization", "Bearer " + good);
    assertThat(program.get("/status").status()).isEqualTo(200);
    assertThat(control.call("DELETE", "/tokens/ci").status()).isEqualTo(200);
    assertThat(program.get("/status").status()).isEqualTo(401);
    List<Integer> statuses =
        statuses(
            "GET",
            "/status",
            STRANGERS_TOKEN,
            "",
            () -> Wire.to(control),
            "Authorization: Bearer " + good + "\r\n");
    assertThat(statuses.getLast()).isEqualTo(503);
  }

  @Test
  void unfinishedBodiesOfOneAddressTakeSixteenPlacesAndNoOthers() throws Exception {
    List<Wire> wires = new ArrayList<>();
    try {
      for (int i = 0; i < 16; i++) {
        wires.add(Wire.to(control).request("POST", "/session", "", 4096, "{"));
      }
      Thread.sleep(300); // their heads are read
      wires.add(Wire.to(control).request("POST", "/session", "", 4096, "{"));
      assertThat(wires.getLast().status()).isEqualTo(503);
      wires.add(Wire.from("127.0.0.2", control).request("POST", "/session", "", 2, "{}"));
      assertThat(wires.getLast().status()).isEqualTo(400); // it was read
    } finally {
      for (Wire wire : wires) {
        wire.close();
      }
    }
  }

  @Test
  void invitationsThatNeverWereDoNotKeepOthersOut() throws Exception {
    String invitation = "invite1." + "x".repeat(43);
    String body = "{\"invitation\":\"" + invitation + "\",\"password\":\"0123456789\"}";
    assertEightOfOneNetworkAndTheOther(statuses("POST", "/passwords", "", body));
  }
}
