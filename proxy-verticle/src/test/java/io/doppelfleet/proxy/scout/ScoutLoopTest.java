package io.doppelfleet.proxy.scout;

import static io.doppelfleet.proxy.scout.TestScouts.read;
import static io.doppelfleet.proxy.scout.TestScouts.readHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.proxy.cover.Cover;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.hello.ClientHello;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cover that leads back here, and one that only seems to. */
@Timeout(60)
final class ScoutLoopTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final byte[] ANSWER = Served.flight(2_500);

  @TempDir Path directory;
  private TestScouts scouts;

  @BeforeEach
  void begin() {
    scouts = new TestScouts(directory);
  }

  @AfterEach
  void home() throws Exception {
    scouts.close();
  }

  @Test
  void aCoverThatLeadsBackHereIsRefusedUntilItDoesNot() throws Exception {
    Queue<Doppel> here = new ConcurrentLinkedQueue<>();
    try (RawSite site =
        RawSite.start(
            connection -> {
              ClientHello hello = readHello(connection);
              here.forEach(node -> node.arrived(hello));
              if (here.isEmpty()) {
                connection.getOutputStream().write(ANSWER);
              }
              read(connection);
            })) {
      Cover cover = scouts.followed(site.site());
      Doppel doppel = new Doppel(Profile.unknown(site.site()));
      here.add(doppel);
      scouts.scout(cover, doppel, Duration.ofMillis(500));
      await().atMost(SOON).until(cover::leadsBack);
      assertThat(scouts.firstLook(site.site())).contains("leads back to this node");
      assertThat(doppel.profile().flights()).isEmpty();
      here.clear();
      await().atMost(SOON).until(() -> !cover.leadsBack());
      await().atMost(SOON).until(() -> !doppel.profile().flights().isEmpty());
      cover.forget();
    }
  }

  /** Who sees a probe on its way can send it here as well. */
  @Test
  void aCopiedProbeChangesNothing() throws Exception {
    Queue<Doppel> here = new ConcurrentLinkedQueue<>();
    Queue<Boolean> refused = new ConcurrentLinkedQueue<>();
    Cover[] covers = new Cover[1];
    try (RawSite site =
        RawSite.start(
            connection -> {
              ClientHello hello = readHello(connection);
              here.forEach(node -> node.arrived(hello));
              Thread.sleep(20);
              refused.add(covers[0].leadsBack());
              connection.getOutputStream().write(ANSWER);
              read(connection);
            })) {
      Cover cover = scouts.cover(site.site());
      covers[0] = cover;
      Doppel doppel = new Doppel(Profile.unknown(site.site()));
      here.add(doppel);
      scouts.scout(cover, doppel, Duration.ofMillis(500));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      assertThat(refused).isNotEmpty().containsOnly(false);
      assertThat(cover.leadsBack()).isFalse();
      assertThat(scouts.heard.lines()).noneMatch(line -> line.contains("leads back"));
    }
  }

  /** The first copy is answered late; the second hello decides. */
  @Test
  void oneProbeThatCameBackUnansweredIsNoLoop() throws Exception {
    Queue<Doppel> here = new ConcurrentLinkedQueue<>();
    AtomicInteger hellos = new AtomicInteger();
    try (RawSite site =
        RawSite.start(
            connection -> {
              ClientHello hello = readHello(connection);
              here.forEach(node -> node.arrived(hello));
              if (hellos.incrementAndGet() % 2 == 0) {
                connection.getOutputStream().write(ANSWER);
              }
              read(connection);
            })) {
      Cover cover = scouts.cover(site.site());
      Doppel doppel = new Doppel(Profile.unknown(site.site()));
      here.add(doppel);
      scouts.scout(cover, doppel, Duration.ofHours(1));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      assertThat(cover.leadsBack()).isFalse();
    }
  }
}
