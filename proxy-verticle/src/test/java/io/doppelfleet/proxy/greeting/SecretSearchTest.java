package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloReader;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Few secrets are tried where the hello came; many elsewhere, and known visitors at once. */
final class SecretSearchTest {
  private static final InetAddress HOME = InetAddress.ofLiteral("192.0.2.1");
  private static final byte[] KEY = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aFewSecretsAreTriedAtOnce() throws Exception {
    assertThat(search(10).find(hello(), HOME, loop::add, () -> false).result()).isPresent();
  }

  @Test
  void manySecretsAreNotTriedOnTheLoopUnlessTheAddressIsKnown() throws Exception {
    SecretSearch search = search(10_000);
    Future<Optional<SecretSearch.Found>> first = search.find(hello(), HOME, loop::add, () -> false);
    assertThat(first.isComplete()).isFalse();
    Runnable told = loop.poll(10, TimeUnit.SECONDS);
    assertThat(told).isNotNull();
    Objects.requireNonNull(told).run();
    assertThat(first.result().orElseThrow().secret().name()).isEqualTo("real");
    assertThat(search.find(hello(), HOME, loop::add, () -> false).result()).isPresent();
  }

  @Test
  void aSecretThatIsTakenAwayIsNotFoundForItsLastVisitorEither() throws Exception {
    SecretSearch search = search(2);
    assertThat(search.find(hello(), HOME, loop::add, () -> false).result()).isPresent();
    search.apply(new FleetState(2, List.of()));
    assertThat(search.find(hello(), HOME, loop::add, () -> false).result()).isEmpty();
  }

  @Test
  void aFloodWaitsInABoundedQueueOfWhichNoTaskIsLeftBehind() throws Exception {
    SecretSearch search = search(2_000);
    ClientHello hello = hello();
    List<Future<Optional<SecretSearch.Found>>> all = new ArrayList<>();
    int most = 0;
    for (int i = 0; i < SearchQueue.BOUND + 500; i++) {
      InetAddress from = InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i});
      // Each is of an address of its own, and right: its turn is as good as any.
      all.add(search.find(hello, from, Runnable::run, () -> false));
      most = Math.max(most, search.waiting());
    }
    assertThat(most).isLessThanOrEqualTo(SearchQueue.BOUND);
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> all.stream().allMatch(Future::isComplete));
    assertThat(search.waiting()).isZero();
    assertThat(all)
        .allMatch(each -> each.succeeded() || each.cause() instanceof RejectedExecutionException);
    assertThat(all).filteredOn(Future::succeeded).hasSizeGreaterThanOrEqualTo(SearchQueue.BOUND);
  }

  @Test
  void whoHasLeftIsNotSearchedFor() throws Exception {
    Future<Optional<SecretSearch.Found>> left =
        search(10_000).find(hello(), HOME, loop::add, () -> true);
    Objects.requireNonNull(loop.poll(10, TimeUnit.SECONDS)).run();
    assertThat(left.result()).isEmpty();
  }

  private SecretSearch search(int secrets) {
    List<NamedSecret> all = new ArrayList<>();
    for (int i = 1; i < secrets; i++) {
      byte[] key = KEY.clone();
      key[0] = (byte) i;
      key[1] = (byte) (i >> 8);
      key[2] = 0;
      all.add(new NamedSecret("other" + i, Secret.of(key, "www.google.com")));
    }
    all.add(new NamedSecret("real", Secret.of(KEY, "www.google.com")));
    return new SecretSearch(vertx, new FleetState(1, List.copyOf(all)));
  }

  private static ClientHello hello() throws Exception {
    try (var in =
        SecretSearchTest.class.getResourceAsStream("/clienthello/mtcute-clienthello-1.bin")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      return ((HelloReader.Reading.Whole) HelloReader.read(Unpooled.wrappedBuffer(bytes))).hello();
    }
  }
}
