package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.address.ListGate;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.TestLoop;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.transport.Obfuscated2;
import io.doppelfleet.proxy.transport.TestClient;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thousands of pairs whose secrets are taken away. */
@Timeout(60)
final class SweepTest {
  private static final int PAIRS = 5_000;

  /** Of the kernel for connections that nobody accepts. */
  private static final int BACKLOG = 3_000;

  private static final InetAddress FROM = InetAddress.ofLiteral("192.0.2.1");
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Scratch scratch = PassageTest.scratch(Shaping.FULL);
  private final PairTable.Accounts accounts = new PairTable.Accounts();
  private final PairTable table = new PairTable(Duration.ofMinutes(5), accounts, scratch);
  private final Set<NamedSecret> served = ConcurrentHashMap.newKeySet();
  private final List<ServerSocket> servers = new ArrayList<>();
  private TestLoop test;

  @BeforeEach
  void start() throws Exception {
    for (int i = 0; i < 2 * PAIRS; i += BACKLOG) {
      servers.add(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
    }
    test = new TestLoop();
  }

  @AfterEach
  void end() throws Exception {
    test.close();
    for (ServerSocket server : servers) {
      server.close();
    }
  }

  private Standing standing(NamedSecret secret, long high, long low) {
    return served.contains(secret) ? Standing.SERVED : Standing.SECRET_GONE;
  }

  @Test
  void areCutAFewAtEachTurnOfTheLoopAndTheOthersStay() throws Exception {
    NamedSecret gone = secret(1);
    NamedSecret stays = secret(2);
    served.add(stays);
    serve(PAIRS, number -> number % 5 == 0 ? stays : gone);
    Turns turns = new Turns();
    test.on(
        () -> {
          turns.run();
          table.sweep(this::standing, test.loop());
          return null;
        });
    await().atMost(SOON).until(() -> accounts.clients().get() == PAIRS / 5);
    test.on(() -> turns.over = true);
    assertThat(accounts.revoked().sum()).isEqualTo(PAIRS - PAIRS / 5);
    System.out.printf(
        "%d of %d pairs cut in %d ms, most at one turn %d, longest turn %.2f ms%n",
        PAIRS - PAIRS / 5,
        PAIRS,
        (turns.end - turns.begin) / 1_000_000,
        turns.most,
        turns.longest / 1e6);
    assertThat(turns.most).isLessThanOrEqualTo(64);
  }

  @Test
  void areCountedBySecretBeforeTheyAreCutAndTheOthersAreNot() throws Exception {
    NamedSecret gone = secret(1);
    NamedSecret stays = secret(2);
    served.add(stays);
    serve(3_000, number -> number % 3 == 0 ? gone : stays);
    CompletableFuture<Map<String, Integer>> counted = new CompletableFuture<>();
    test.on(
        () -> {
          table.count(this::standing, test.loop(), counted);
          return null;
        });
    assertThat(counted.get(SOON.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo(Map.of(gone.name(), 1_000));
    assertThat(accounts.clients().get()).isEqualTo(3_000);
  }

  @Test
  void areAllFoundThoughTheTableChangesMeanwhileAndAnotherStateComes() throws Exception {
    List<NamedSecret> secrets = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      secrets.add(secret(i));
    }
    served.addAll(secrets.subList(50, 100));
    List<Pair> pairs = serve(2_000, number -> secrets.get(number % 100));
    test.on(
        () -> {
          table.sweep(this::standing, test.loop());
          served.remove(secrets.get(95)); // the last of whom were looked at already
          table.sweep(this::standing, test.loop());
          return null;
        });
    await().atMost(SOON).until(() -> accounts.clients().get() == 49 * 20);
    Random random = new Random(5);
    for (int i = 50; i < 90; i++) {
      NamedSecret next = secrets.get(i);
      test.on(
          () -> {
            pairs.get(random.nextInt(pairs.size())).cut(); // its client left, once or twice
            served.remove(next);
            table.sweep(this::standing, test.loop());
            return null;
          });
    }
    await()
        .atMost(SOON)
        .until(
            () ->
                test.on(
                    () -> pairs.stream().filter(pair -> pair.place >= 0).allMatch(this::stays)));
    assertThat(accounts.clients().get()).isBetween(140, 180);
  }

  private boolean stays(Pair pair) {
    NamedSecret secret = pair.secret();
    return secret != null && served.contains(secret);
  }

  /** Looks once at each turn of the loop. */
  private final class Turns implements Runnable {
    private long begin = System.nanoTime();
    private long end = begin;
    private long longest;
    private int clients = accounts.clients().get();
    private int most;
    private boolean over;

    @Override
    public void run() {
      int now = accounts.clients().get();
      long time = System.nanoTime();
      if (now < clients) {
        longest = Math.max(longest, time - end);
        most = Math.max(most, clients - now);
      } else if (end == begin) {
        begin = time;
      }
      end = now < clients || end == begin ? time : end;
      clients = now;
      if (!over) {
        test.loop().schedule(this, 0, TimeUnit.NANOSECONDS);
      }
    }
  }

  private interface Numbered {
    NamedSecret of(int number);
  }

  private List<Pair> serve(int count, Numbered secrets) throws Exception {
    List<Leg> open = new ArrayList<>();
    Bootstrap bootstrap = test.connections();
    for (int i = 0; i < 2 * count; i += 250) {
      List<ChannelFuture> batch = new ArrayList<>();
      SocketAddress to = servers.get(i / BACKLOG).getLocalSocketAddress();
      for (int j = 0; j < 250; j++) {
        batch.add(bootstrap.connect(to));
      }
      for (ChannelFuture each : batch) {
        Channel channel = each.sync().channel();
        open.add(test.on(() -> test.legs().take(channel, "", LegHandler.NOBODY)));
      }
    }
    List<Pair> pairs = new ArrayList<>();
    Obfuscated2 opened = TestClient.random(new Random(1)).opened();
    test.on(
        () -> {
          for (int i = 0; i < count; i++) {
            Pair pair =
                Pair.serve(
                    secrets.of(i),
                    AddressBits.of(FROM),
                    ListGate.OPEN,
                    open.get(2 * i),
                    new RecordReader(true),
                    opened,
                    open.get(2 * i + 1),
                    table);
            pair.start(Unpooled.EMPTY_BUFFER);
            pairs.add(pair);
          }
          return null;
        });
    assertThat(accounts.clients()).hasValue(count);
    return pairs;
  }

  private static NamedSecret secret(int number) {
    byte[] key = new byte[Secret.KEY_LENGTH];
    key[0] = (byte) number;
    return new NamedSecret("user" + number, Secret.of(key, "cover.example"));
  }
}
