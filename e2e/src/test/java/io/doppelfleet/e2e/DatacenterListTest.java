package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.mtproto.TlWriter;
import io.doppelfleet.proxy.datacenter.Datacenters;
import io.doppelfleet.proxy.dial.Dialler;
import io.doppelfleet.proxy.dial.Outbound;
import io.doppelfleet.proxy.dial.Ways;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.doppelfleet.proxy.published.ListUpdater;
import io.doppelfleet.proxy.published.TelegramKey;
import io.doppelfleet.standin.datacenter.StandInDatacenter;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The list of data centres is had from one that has Telegram's key, and from nobody else. */
@Tag("waiting")
@Timeout(120)
final class DatacenterListTest {
  private static final Duration LATER = Duration.ofSeconds(40);
  private static final int NEW = 6;

  @TempDir Path directory;
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final Legs legs = new Legs(loop, new LoopBytes(65_536, 1 << 20, 8));
  private Vertx vertx;
  private StandInDatacenter standIn;

  @BeforeEach
  void begin() throws Exception {
    vertx = Vertx.vertx();
    standIn = StandInDatacenter.start();
  }

  @AfterEach
  void end() throws Exception {
    standIn.close();
    loop.submit(legs::release).get();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).get();
    TestNode.await(vertx.close());
  }

  /** All five that are asked are here: none of Telegram's own hears of a test. */
  private Datacenters here() {
    Map<Integer, List<InetSocketAddress>> all = new HashMap<>();
    for (int number = 1; number <= 5; number++) {
      all.put(number, List.of(standIn.address()));
    }
    return new Datacenters(all);
  }

  private ListUpdater updating(Datacenters datacenters, TelegramKey rsa) {
    return new ListUpdater(
        vertx,
        loop,
        new Dialler(legs, EpollSocketChannel::new),
        new Ways(null, List.of(), 0, RandomGenerator.getDefault()),
        datacenters,
        rsa,
        Duration.ofDays(1),
        directory,
        Clock.systemUTC());
  }

  private void publish(int first) {
    TlWriter body =
        new TlWriter()
            .int32(0xcc1a241e)
            .int32(0)
            .int32(1000)
            .int32(2000)
            .int32(0xbc799737)
            .int32(2)
            .int32(0x1cb5c415)
            .int32(NEW + 1 - first);
    for (int number = first; number <= NEW; number++) {
      body.int32(0x18b7a10d).int32(0).int32(number).string("192.0.2." + number).int32(443);
    }
    standIn.publish(body.toByteArray());
  }

  private static InetSocketAddress listed() {
    return new InetSocketAddress("192.0.2." + NEW, 443);
  }

  @Test
  void whatADataCentreSaysWithTelegramsKeyIsTakenAndKept() throws Exception {
    publish(1);
    Datacenters datacenters = here();
    ListUpdater updater = updating(datacenters, TelegramKey.parse(standIn.key().publicPem()));
    loop.submit(updater::begin).get();
    await().atMost(LATER).until(() -> datacenters.of(NEW).equals(List.of(listed())));
    assertThat(datacenters.of(2)).containsExactly(standIn.address());
    await().atMost(LATER).until(() -> Files.exists(directory.resolve("datacenters")));
    loop.submit(updater::end).get();

    standIn.stopListening();
    Datacenters later = here();
    ListUpdater next = updating(later, TelegramKey.TELEGRAM);
    loop.submit(next::begin).get();
    await().atMost(LATER).until(() -> later.of(NEW).equals(List.of(listed())));
    loop.submit(next::end).get();
  }

  @Test
  void whatIsSaidWithAnotherKeyChangesNothing() throws Exception {
    publish(1);
    staysAsItIs(TelegramKey.TELEGRAM, "it has another key than Telegram's");
  }

  @Test
  void aListThatLacksADataCentreChangesNothing() throws Exception {
    publish(2);
    staysAsItIs(TelegramKey.parse(standIn.key().publicPem()), "data centre 1 is not in its list");
  }

  /**
   * Of a whole node, by its configuration alone: it asks those that it knows, and believes none.
   */
  @Test
  void aNodeThatIsToAsksItsDataCentresAndBelievesTelegramsKeyAlone() throws Exception {
    publish(1);
    Map<Integer, List<InetSocketAddress>> all = new HashMap<>();
    IntStream.rangeClosed(1, 5).forEach(number -> all.put(number, List.of(standIn.address())));
    Outbound asking =
        new Outbound(
            List.of(), List.of(), Outbound.Prefer.LISTED, 0, Duration.ZERO, Duration.ofDays(1));
    try (Told told = new Told(ListUpdater.class);
        TestNode node = TestNode.start(directory, asking, all)) {
      await().atMost(LATER).until(() -> !told.lines().isEmpty());
      assertThat(told.lines())
          .singleElement()
          .asString()
          .contains("it has another key than Telegram's");
      assertThat(node.datacenter.accepted()).isZero();
    }
  }

  private void staysAsItIs(TelegramKey rsa, String why) throws Exception {
    Datacenters datacenters = here();
    ListUpdater updater = updating(datacenters, rsa);
    try (Told told = new Told(ListUpdater.class)) {
      loop.submit(updater::begin).get();
      await().atMost(LATER).until(() -> !told.lines().isEmpty());
      assertThat(told.lines())
          .singleElement()
          .asString()
          .startsWith("the list of data centres can't be had from Telegram, the last one stays")
          .contains(why);
      assertThat(datacenters.of(NEW)).doesNotContain(listed());
      assertThat(directory.resolve("datacenters")).doesNotExist();
    } finally {
      loop.submit(updater::end).get();
    }
  }
}
