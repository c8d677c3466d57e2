package io.doppelfleet.proxy.scout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.cover.Cover;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.doppel.Heard;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.ProfileFile;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloMould;
import io.doppelfleet.proxy.hello.HelloReader;
import io.doppelfleet.proxy.hello.KnownClients;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A scout over hours, which are seconds here. */
@Timeout(60)
class ScoutTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Bounds BOUNDS =
      new Bounds(
          Duration.ofSeconds(9),
          Duration.ofSeconds(9),
          Duration.ofSeconds(10),
          4,
          1 << 20,
          Duration.ZERO);

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final List<Scout> scouts = new ArrayList<>();
  private Heard heard = new Heard(Scout.class);
  private volatile byte[] answer = Served.flight(2_500);

  @BeforeEach
  void listen() {
    heard.close();
    heard = new Heard(Scout.class);
  }

  @AfterEach
  void home() throws Exception {
    for (Scout scout : scouts) {
      done(scout.close());
    }
    done(vertx.close());
    heard.close();
  }

  @Test
  void whatItLearnsIsThereAtTheNextStartBeforeTheCoverIsAsked() throws Exception {
    try (RawSite site = RawSite.start(this::answer)) {
      Doppel doppel = scout(site.site(), Duration.ofHours(1));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      done(scouts.getFirst().close());
      assertThat(new ProfileFile(directory).read(site.site())).isEqualTo(doppel.profile());
    }
  }

  @Test
  void itLooksAgainAndAgain() throws Exception {
    try (RawSite site = RawSite.start(this::answer)) {
      Doppel doppel = scout(site.site(), Duration.ofMillis(100));
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
    Doppel doppel = scout(there, Duration.ofSeconds(1));
    assertThat(firstLook(there)).startsWith("the cover " + there + " can't be reached");
    Thread.sleep(500); // some looks more
    assertThat(heard.lines()).isEmpty();
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
      cover = new Cover(there);
      done(cover.follow(vertx));
      cover.forget();
      doppel = new Doppel(Profile.unknown(there));
      scout(cover, doppel, Duration.ofMillis(500));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      assertThat(cover.isDown()).isFalse();
    }
    await()
        .atMost(SOON)
        .until(() -> heard.lines().stream().anyMatch(line -> line.contains("can't be reached")));
    await().atMost(SOON).until(cover::isDown);
    assertThat(doppel.profile().flights()).hasSize(2);
    assertThat(new ProfileFile(directory).read(there).flights()).hasSize(2);
  }

  /** One stranger's dial failed, and no other stranger comes. */
  @Test
  void aCoverThatWasAwayForAMomentIsSoonKnownToBeBack() throws Exception {
    try (RawSite site = RawSite.start(this::answer)) {
      Cover cover = new Cover(site.site());
      done(cover.follow(vertx));
      cover.forget();
      Doppel doppel = new Doppel(Profile.unknown(site.site()));
      scout(cover, doppel, Duration.ofMinutes(1));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      done(vertx.timer(100, TimeUnit.MILLISECONDS)); // that look has ended
      cover.failed(new IOException("a test"));
      await().atMost(Duration.ofSeconds(20)).until(() -> !cover.isDown());
    }
  }

  @Test
  void aCertificateThatChangesIsLearntAnewAndSaid() throws Exception {
    try (RawSite site = RawSite.start(this::answer)) {
      Doppel doppel = scout(site.site(), Duration.ofMillis(500));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      answer = Served.flight(3_000);
      await()
          .atMost(SOON)
          .until(
              () ->
                  doppel.profile().flights().stream()
                      .flatMap(flight -> flight.answers().stream())
                      .allMatch(answer -> answer.joined() == 3_000));
      assertThat(heard.lines()).anyMatch(line -> line.contains("answers otherwise than before"));
    }
  }

  /** And what else it answers now is asked for, since one look is little. */
  @Test
  void aCoverThatIsKnownToHaveChangedIsLearntAtOnce() throws Exception {
    try (RawSite site = RawSite.start(this::answer)) {
      Doppel doppel = scout(site.site(), Duration.ofHours(1));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      answer = Served.flight(3_000);
      scouts.getFirst().lookNow(); // perhaps while the first look is under way
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
              byte[] bytes = new byte[8192];
              int length = connection.getInputStream().read(bytes);
              int name = names.indexOf(read(bytes, length).serverName());
              connection.getOutputStream().write(Served.flight(2_000 + 100 * name));
              read(connection);
            })) {
      Cover cover = new Cover(site.site());
      done(cover.follow(vertx));
      cover.forget();
      Doppel doppel = new Doppel(Profile.unknown(site.site()));
      scout(cover, doppel, names, Duration.ofHours(1));
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
      assertThat(heard.lines()).noneMatch(line -> line.contains("answers otherwise"));
    }
  }

  @Test
  void whatIsWrongIsSaidOnceUntilItWasRight() throws Exception {
    answer = Served.flight(100, 200);
    try (RawSite site = RawSite.start(this::answer)) {
      Doppel doppel = scout(site.site(), Duration.ofMillis(100));
      await().atMost(SOON).until(() -> doppel.profile().dialMicros().size() == 32);
      assertThat(firstLook(site.site())).contains("2 encrypted records");
      assertThat(heard.lines()).isEmpty();
      answer = Served.plainHttp();
      await()
          .atMost(SOON)
          .until(() -> heard.lines().stream().anyMatch(line -> line.contains("no TLS")));
      assertThat(heard.lines()).hasSize(1);
      assertThat(doppel.profile().flights()).as("kept").hasSize(2);
    }
  }

  @Test
  void aClientOfANewKindIsAskedAboutSoon() throws Exception {
    Queue<ClientHello> hellos = new ConcurrentLinkedQueue<>();
    try (RawSite site =
        RawSite.start(
            connection -> {
              byte[] bytes = new byte[8192];
              int length = connection.getInputStream().read(bytes);
              hellos.add(read(bytes, length));
              connection.getOutputStream().write(answer);
              read(connection);
            })) {
      Doppel doppel = scout(site.site(), Duration.ofHours(1));
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
  void aCoverThatLeadsBackHereIsRefusedUntilItDoesNot() throws Exception {
    Queue<Doppel> here = new ConcurrentLinkedQueue<>();
    try (RawSite site =
        RawSite.start(
            connection -> {
              byte[] bytes = new byte[8192];
              int length = connection.getInputStream().read(bytes);
              here.forEach(node -> node.arrived(read(bytes, length)));
              if (here.isEmpty()) {
                connection.getOutputStream().write(answer);
              }
              read(connection);
            })) {
      Cover cover = new Cover(site.site());
      done(cover.follow(vertx));
      Doppel doppel = new Doppel(Profile.unknown(site.site()));
      here.add(doppel);
      scout(cover, doppel, Duration.ofMillis(500));
      await().atMost(SOON).until(cover::leadsBack);
      assertThat(firstLook(site.site())).contains("leads back to this node");
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
              byte[] bytes = new byte[8192];
              int length = connection.getInputStream().read(bytes);
              here.forEach(node -> node.arrived(read(bytes, length)));
              Thread.sleep(20);
              refused.add(covers[0].leadsBack());
              connection.getOutputStream().write(answer);
              read(connection);
            })) {
      Cover cover = new Cover(site.site());
      covers[0] = cover;
      done(cover.follow(vertx));
      cover.forget();
      Doppel doppel = new Doppel(Profile.unknown(site.site()));
      here.add(doppel);
      scout(cover, doppel, Duration.ofMillis(500));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      assertThat(refused).isNotEmpty().containsOnly(false);
      assertThat(cover.leadsBack()).isFalse();
      assertThat(heard.lines()).noneMatch(line -> line.contains("leads back"));
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
              byte[] bytes = new byte[8192];
              int length = connection.getInputStream().read(bytes);
              here.forEach(node -> node.arrived(read(bytes, length)));
              if (hellos.incrementAndGet() % 2 == 0) {
                connection.getOutputStream().write(answer);
              }
              read(connection);
            })) {
      Cover cover = new Cover(site.site());
      done(cover.follow(vertx));
      cover.forget();
      Doppel doppel = new Doppel(Profile.unknown(site.site()));
      here.add(doppel);
      scout(cover, doppel, Duration.ofHours(1));
      await().atMost(SOON).until(() -> doppel.profile().flights().size() == 2);
      assertThat(cover.leadsBack()).isFalse();
    }
  }

  @Test
  void itGoesHomeAtOnceFromASlowCover() throws Exception {
    try (RawSite site = RawSite.start(connection -> Thread.sleep(60_000))) {
      scout(site.site(), Duration.ofHours(1));
      await().atMost(SOON).until(() -> site.accepted() > 0);
      long start = System.nanoTime();
      done(scouts.getFirst().close());
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(900));
    }
  }

  private Doppel scout(HostPort site, Duration every) throws Exception {
    Cover cover = new Cover(site);
    done(cover.follow(vertx));
    cover.forget();
    Doppel doppel = new Doppel(Profile.unknown(site));
    scout(cover, doppel, every);
    return doppel;
  }

  private void scout(Cover cover, Doppel doppel, Duration every) {
    scout(cover, doppel, List.of(WebSite.HOST), every);
  }

  private void scout(Cover cover, Doppel doppel, List<String> names, Duration every) {
    Scout scout =
        new Scout(
            vertx,
            cover,
            doppel,
            new ProfileFile(directory),
            () -> names,
            every,
            BOUNDS,
            new SecureRandom(),
            Clock.systemUTC());
    scouts.add(scout);
    scout.start();
  }

  /** The one trouble that it showed, in words. */
  private String firstLook(HostPort site) throws Exception {
    return done(scouts.getFirst().firstLook()).getFirst().of(site);
  }

  private void answer(Socket connection) throws Exception {
    read(connection);
    connection.getOutputStream().write(answer);
    read(connection);
  }

  private static void read(Socket connection) throws Exception {
    assertThat(connection.getInputStream().read(new byte[8192])).isNotZero();
  }

  private static ClientHello read(byte[] bytes, int length) {
    return ((HelloReader.Reading.Whole) HelloReader.read(Unpooled.wrappedBuffer(bytes, 0, length)))
        .hello();
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

  private static <T> T done(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
