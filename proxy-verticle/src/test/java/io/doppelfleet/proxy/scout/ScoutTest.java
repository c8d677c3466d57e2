package io.doppelfleet.proxy.scout;

import static io.doppelfleet.proxy.scout.TestScouts.done;
import static io.doppelfleet.proxy.scout.TestScouts.read;
import static io.doppelfleet.proxy.scout.TestScouts.readHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.cover.Cover;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.ProfileFile;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloMould;
import io.doppelfleet.proxy.hello.KnownClients;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A scout over hours, which are seconds here. */
@Timeout(60)
final class ScoutTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path directory;
  private TestScouts scouts;
  private volatile byte[] answer = Served.flight(2_500);

  @BeforeEach
  void begin() {
    scouts = new TestScouts(directory);
  }

  @AfterEach
  void home() throws Exception {
    scouts.close();
  }

  @Test
  void whatItLearnsIsThereAtTheNextStartBeforeTheCoverIsAsked() throws Exception {
    try (RawSite site = RawSite.start(this::answer)) {
      Doppel doppel = scouts.scout(site.site(), Duration.ofHours(1));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      done(scouts.first().close());
      assertThat(new ProfileFile(directory).read(site.site())).isEqualTo(doppel.profile());
    }
  }

  @Test
  void itLooksAgainAndAgain() throws Exception {
    try (RawSite site = RawSite.start(this::answer)) {
      Doppel doppel = scouts.scout(site.site(), Duration.ofMillis(100));
      await().atMost(SOON).until(() -> !doppel.profile().flights().isEmpty());
      Profile first = doppel.profile();
      await().atMost(SOON).until(() -> doppel.profile().learnt().isAfter(first.learnt()));
    }
  }

  @Test
  void aCoverThatIsDownAtTheStartIsSaidOnceAndLearntWhenItIsUp() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    HostPort there = new HostPort("127.0.0.1", port);
    Doppel doppel = scouts.scout(there, Duration.ofSeconds(1));
    assertThat(scouts.firstLook(there)).startsWith("the cover " + there + " can't be reached");
    Thread.sleep(500); // some looks more
    assertThat(scouts.heard.lines()).isEmpty();
    assertThat(doppel.profile()).isEqualTo(Profile.unknown(there));
    RawSite site = RawSite.start(port, this::answer);
    try (site) {
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
    }
  }

  @Test
  void aCoverThatGoesDownLaterIsSaidAndItsProfileStays() throws Exception {
    Doppel doppel;
    Cover cover;
    HostPort there;
    try (RawSite site = RawSite.start(this::answer)) {
      there = site.site();
      cover = scouts.cover(there);
      doppel = new Doppel(Profile.unknown(there));
      scouts.scout(cover, doppel, Duration.ofMillis(500));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      assertThat(cover.isDown()).isFalse();
    }
    await()
        .atMost(SOON)
        .until(
            () ->
                scouts.heard.lines().stream().anyMatch(line -> line.contains("can't be reached")));
    await().atMost(SOON).until(cover::isDown);
    assertThat(doppel.profile().flights()).hasSize(2);
    assertThat(new ProfileFile(directory).read(there).flights()).hasSize(2);
  }

  /** One stranger's dial failed, and no other stranger comes. */
  @Test
  void aCoverThatWasAwayForAMomentIsSoonKnownToBeBack() throws Exception {
    try (RawSite site = RawSite.start(this::answer)) {
      Cover cover = scouts.cover(site.site());
      Doppel doppel = new Doppel(Profile.unknown(site.site()));
      scouts.scout(cover, doppel, Duration.ofMinutes(1));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      scouts.pass(Duration.ofMillis(100)); // that look has ended
      cover.failed(new IOException("a test"));
      await().atMost(Duration.ofSeconds(20)).until(() -> !cover.isDown());
    }
  }

  @Test
  void aCertificateThatChangesIsLearntAnewAndSaid() throws Exception {
    try (RawSite site = RawSite.start(this::answer)) {
      Doppel doppel = scouts.scout(site.site(), Duration.ofMillis(500));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      answer = Served.flight(3_000);
      await()
          .atMost(SOON)
          .until(
              () ->
                  doppel.profile().flights().stream()
                      .flatMap(flight -> flight.answers().stream())
                      .allMatch(answer -> answer.joined() == 3_000));
      assertThat(scouts.heard.lines())
          .anyMatch(line -> line.contains("answers otherwise than before"));
    }
  }

  /** And what else it answers now is asked for, since one look is little. */
  @Test
  void aCoverThatIsKnownToHaveChangedIsLearntAtOnce() throws Exception {
    try (RawSite site = RawSite.start(this::answer)) {
      Doppel doppel = scouts.scout(site.site(), Duration.ofHours(1));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      answer = Served.flight(3_000);
      scouts.first().lookNow(); // perhaps while the first look is under way
      await()
          .atMost(SOON)
          .until(
              () ->
                  doppel.profile().flights().stream()
                      .allMatch(
                          flight ->
                              flight.answers().size() == 12
                                  && flight.answers().stream()
                                      .allMatch(answer -> answer.joined() == 3_000)));
    }
  }

  @Test
  void eachNameThatClientsAskForIsLearntByItself() throws Exception {
    List<String> names = List.of("a.example", "b.example", "c.example");
    try (RawSite site =
        RawSite.start(
            connection -> {
              int name = names.indexOf(readHello(connection).serverName());
              connection.getOutputStream().write(Served.flight(2_000 + 100 * name));
              read(connection);
            })) {
      Cover cover = scouts.cover(site.site());
      Doppel doppel = new Doppel(Profile.unknown(site.site()));
      scouts.scout(cover, doppel, names, Duration.ofHours(1));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 6);
      for (HelloMould kind : doppel.kinds()) {
        for (int i = 0; i < names.size(); i++) {
          int length = 2_000 + 100 * i;
          FlightModel flight =
              Objects.requireNonNull(
                  doppel.profile().flight(names.get(i), kind.kind(), kind.hybrid()));
          assertThat(flight.host()).isEqualTo(names.get(i));
          assertThat(flight.answers()).hasSize(6).allMatch(answer -> answer.joined() == length);
        }
      }
      assertThat(scouts.heard.lines()).noneMatch(line -> line.contains("answers otherwise"));
    }
  }

  @Test
  void whatIsWrongIsSaidOnceUntilItWasRight() throws Exception {
    answer = Served.flight(100, 200);
    try (RawSite site = RawSite.start(this::answer)) {
      Doppel doppel = scouts.scout(site.site(), Duration.ofMillis(100));
      await().atMost(SOON).until(() -> doppel.profile().dialMicros().size() == 32);
      assertThat(scouts.firstLook(site.site())).contains("2 encrypted records");
      assertThat(scouts.heard.lines()).isEmpty();
      answer = Served.plainHttp();
      await()
          .atMost(SOON)
          .until(() -> scouts.heard.lines().stream().anyMatch(line -> line.contains("no TLS")));
      assertThat(scouts.heard.lines()).hasSize(1);
      assertThat(doppel.profile().flights()).as("kept").hasSize(2);
    }
  }

  @Test
  void aClientOfANewKindIsAskedAboutSoon() throws Exception {
    Queue<ClientHello> hellos = new ConcurrentLinkedQueue<>();
    try (RawSite site =
        RawSite.start(
            connection -> {
              hellos.add(readHello(connection));
              connection.getOutputStream().write(answer);
              read(connection);
            })) {
      Doppel doppel = scouts.scout(site.site(), Duration.ofHours(1));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      ClientHello met = strange();
      doppel.met(met);
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 3);
      assertThat(hellos)
          .anySatisfy(
              hello -> {
                assertThat(hello.kind()).isEqualTo(met.kind());
                assertThat(hello.random()).isNotEqualTo(met.random());
                assertThat(hello.serverName()).isEqualTo(WebSite.HOST);
              });
    }
  }

  @Test
  void atMost16KindsAreAskedAbout() throws Exception {
    Doppel doppel = new Doppel(Profile.unknown(new HostPort("127.0.0.1", 443)));
    for (int i = 0; i < 40; i++) {
      byte[] hello = KnownClients.desktop().fresh(WebSite.HOST, new SecureRandom());
      hello[5 + 4 + 2 + 32 + 1 + 32 + 2 + 5] = (byte) i; // the second suite
      doppel.learn(new ClientHello(hello));
    }
    assertThat(doppel.kinds()).hasSize(16);
  }

  @Test
  void itGoesHomeAtOnceFromASlowCover() throws Exception {
    try (RawSite site = RawSite.start(connection -> Thread.sleep(60_000))) {
      scouts.scout(site.site(), Duration.ofHours(1));
      await().atMost(SOON).until(() -> site.accepted() > 0);
      long start = System.nanoTime();
      done(scouts.first().close());
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(900));
    }
  }

  /** TDLib's, with one suite that it hasn't. */
  private static ClientHello strange() throws Exception {
    HelloMould tdlib = KnownClients.tdlib();
    byte[] hello = tdlib.fresh("elsewhere.example", new SecureRandom());
    hello[5 + 4 + 2 + 32 + 1 + 32 + 2 + 9] = 0x42;
    ClientHello strange = new ClientHello(hello);
    assertThat(strange.kind()).isNotEqualTo(tdlib.kind());
    return strange;
  }

  private void answer(Socket connection) throws Exception {
    read(connection);
    connection.getOutputStream().write(answer);
    read(connection);
  }
}
