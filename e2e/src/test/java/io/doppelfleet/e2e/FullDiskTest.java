package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A control whose store is on a disk that is full, and read-only, and a node, under a client. */
@Timeout(180)
@Tag("waiting")
final class FullDiskTest extends FarNodes {
  private TestDisk disk;

  @Override
  @BeforeAll
  void start() throws Exception {
    disk = TestDisk.mount(directory.resolve("disk"));
    super.start();
  }

  @Override
  FarControl startedControl() throws Exception {
    return FarControl.start(
        state("control"), FarControl.h2(disk.path()), "127.0.0.1", "", List.of());
  }

  @Override
  @AfterAll
  void end() throws Exception {
    if (disk != null) { // else it was left out
      try {
        super.end();
      } finally {
        disk.close(); // or nobody could delete its directory
      }
    }
  }

  @Test
  void whileItIsFullOrReadOnlyThatIsSaidAndTheNodeServesAndThenNothingIsMissing() throws Exception {
    control.api.add("alice", HOST);
    joined("paris");
    awaitRevision("paris");
    try (Movers movers =
        Movers.start(control.api, "alice", Map.of("paris", () -> node("paris").address()))) {
      long before = control.revision();
      try (Writes writes = Writes.start(control.api, "w")) {
        disk.fill();
        await().atMost(SOON).until(() -> !writes.reasons().isEmpty());
        await()
            .atMost(SOON)
            .until(() -> control.log().contains("what nodes have moved is written later"));
        movers.awaitMore();
        assertThat(writes.reasons()).allMatch(why -> why.startsWith("503 "));
        assertThat(writes.reasons()).anyMatch(why -> why.contains("No space left on device"));
        disk.makeRoom();
        int then = writes.done();
        await().atMost(SOON).until(() -> writes.done() > then + 10);

        control.kill();
        disk.readOnly();
        FarControl.Command refused =
            command("run", "--config", state("control").resolve("control.yaml").toString());
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.out()).contains("Read-only file system").hasLineCount(1);
        movers.awaitMore();
        disk.writable();
        control.startAgain();
        writes.end();
        assertThat(control.revision()).isEqualTo(before + writes.assertWhole());
        awaitRevision("paris");
        client(node("paris"), writes.any());
        movers.endWithoutLoss();
      }
    }
  }
}
