package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
      wires.add(Wire.from("127.0.0.2", control).request(method, path, head, body.length(), body));
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
  void invitationsThatNeverWereDoNotKeepOthersOut() throws Exception {
    String invitation = "invite1." + "x".repeat(43);
    String body = "{\"invitation\":\"" + invitation + "\",\"password\":\"0123456789\"}";
    assertEightOfOneNetworkAndTheOther(statuses("POST", "/passwords", "", body));
  }
}
