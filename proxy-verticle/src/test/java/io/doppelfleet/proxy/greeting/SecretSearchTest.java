package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.Settings;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloReader;
import io.doppelfleet.proxy.relay.Standing;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Few secrets are tried where the hello came; many elsewhere, and known visitors at once. */
final class SecretSearchTest {
  private static final InetAddress HOME = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("192.0.2.2");
  private static final String HOST = "www.google.com";
  private static final byte[] KEY = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");

  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aFewSecretsAreTriedAtOnce() throws Exception {
    assertThat(find(search(10), HOME).result()).isPresent();
  }

  @Test
  void manySecretsAreNotTriedOnTheLoopUnlessTheAddressIsKnown() throws Exception {
    SecretSearch search = search(10_000);
    Future<Optional<SecretSearch.Found>> first = find(search, HOME);
    assertThat(first.isComplete()).isFalse();
    SecretSearch.Found found = told(first).orElseThrow();
    assertThat(found.secret().name()).isEqualTo("real");
    search.met(HOME, found.secret());
    useOthers(search, RecentSecrets.BOUND);
    assertThat(find(search, HOME).result()).isPresent();
  }

  @Test
  void aFewSecretsOfLateAreTriedOnTheLoopForAnyAddress() throws Exception {
    SecretSearch search = search(10_000);
    search.met(HOME, told(find(search, HOME)).orElseThrow().secret());
    useOthers(search, 63);
    assertThat(find(search, ELSEWHERE).result()).isPresent();
    useOthers(search, 64);
    assertThat(find(search, ELSEWHERE).isComplete()).isFalse();
  }

  @Test
  void theSecretsOfLateComeBeforeTheRestHoweverManyWaitForThat() throws Exception {
    SecretSearch search = search(10_000);
    search.met(HOME, told(find(search, HOME)).orElseThrow().secret());
    useOthers(search, 100);
    int workers = Runtime.getRuntime().availableProcessors();
    CountDownLatch looked = new CountDownLatch(workers);
    CountDownLatch held = new CountDownLatch(1);
    // The workers are busy until all have come.
    for (int i = 0; i < workers; i++) {
      search.find(hello(), address(i), loop::add, () -> heldFor(looked, held));
    }
    assertThat(looked.await(10, TimeUnit.SECONDS)).isTrue();
    List<Future<Optional<SecretSearch.Found>>> foreign = new ArrayList<>();
    AtomicLong unanswered = new AtomicLong();
    Future<Optional<SecretSearch.Found>> client =
        search.find(
            hello(),
            ELSEWHERE,
            told -> {
              unanswered.set(foreign.stream().filter(each -> !each.isComplete()).count());
              told.run();
            },
            () -> false);
    for (int i = 100; i < 200; i++) {
      foreign.add(search.find(foreign(), address(i), Runnable::run, () -> false));
    }
    held.countDown();
    Awaitility.await().atMost(10, TimeUnit.SECONDS).until(client::isComplete);
    assertThat(client.result()).isPresent();
    assertThat(unanswered.get()).isGreaterThan(10);
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> foreign.stream().allMatch(Future::isComplete));
  }

  @Test
  void whoIsRefusedWaitsAsLongAsOneOfNoSecretAndIsSearchedForOnceASecondAtMost() throws Exception {
    SecretSearch search = search(10_000);
    SecretSearch.Found found = told(find(search, HOME)).orElseThrow();
    search.met(HOME, found.secret());
    DefaultEventLoop timer = new DefaultEventLoop();
    try {
      long since = System.nanoTime();
      assertThat(inVain(search, found, since, timer)).isEmpty();
      long first = System.nanoTime() - since;
      long again = System.nanoTime();
      Future<Optional<SecretSearch.Found>> second =
          search.inVain(hello(), found, HOME, again, timer, () -> false);
      assertThat(search.waiting()).isZero(); // no worker is asked
      assertThat(second.isComplete()).isFalse();
      Awaitility.await().pollInterval(Duration.ofNanos(100_000)).until(second::isComplete);
      assertThat(System.nanoTime() - again).isGreaterThan(first / 20);
      assertThat(second.result()).isEmpty();
    } finally {
      timer.shutdownGracefully(0, 5, TimeUnit.SECONDS).get();
    }
  }

  @Test
  void whoIsRefusedAmongAFewSecretsWaitsForNothing() throws Exception {
    SecretSearch search = search(10);
    SecretSearch.Found found = find(search, HOME).result().orElseThrow();
    DefaultEventLoop timer = new DefaultEventLoop();
    assertThat(search.inVain(hello(), found, HOME, System.nanoTime(), timer, () -> false))
        .matches(Future::isComplete);
  }

  @Test
  void aSecretThatIsTakenAwayIsNotFoundForItsLastVisitorEither() throws Exception {
    SecretSearch search = search(2);
    search.met(HOME, find(search, HOME).result().orElseThrow().secret());
    assertThat(find(search, HOME).result()).isPresent();
    search.apply(new FleetState(2, List.of()), NOW);
    assertThat(find(search, HOME).result()).isEmpty();
  }

  @Test
  void everyKeyOfASecretIsFoundAndServedWhileTheSecretHasIt() throws Exception {
    Secret older = Secret.of(KEY, HOST);
    Secret newer = Secret.of(new byte[Secret.KEY_LENGTH], HOST);
    SecretSearch search = search(2);
    search.apply(of(generation(1, older), generation(2, newer)), NOW);
    LiveSecret found = find(search, HOME).result().orElseThrow().secret();
    assertThat(found.key()).isEqualTo(KEY);
    assertThat(standing(search, older)).isEqualTo(Standing.SERVED);
    assertThat(standing(search, newer)).isEqualTo(Standing.SERVED);
    search.apply(of(generation(2, newer)), NOW);
    assertThat(find(search, HOME).result()).isEmpty();
    assertThat(standing(search, older)).isEqualTo(Standing.SECRET_GONE);
    assertThat(standing(search, newer)).isEqualTo(Standing.SERVED);
  }

  @Test
  void aKeyIsFoundAndServedFromItsBeginningUntilItsEnd() throws Exception {
    Secret older = Secret.of(KEY, HOST);
    Secret newer = Secret.of(new byte[Secret.KEY_LENGTH], HOST);
    FleetState rotated =
        of(
            new KeyGeneration(1, older, NOW, NOW.plusSeconds(10)),
            new KeyGeneration(2, newer, NOW.plusSeconds(5), null));
    SecretSearch search = new SecretSearch(vertx, rotated, NOW.minusMillis(1));
    assertThat(find(search, HOME).result()).isEmpty();
    search.apply(rotated, NOW);
    assertThat(find(search, HOME).result()).isPresent();
    assertThat(standing(search, newer)).isEqualTo(Standing.SECRET_GONE);
    search.apply(rotated, NOW.plusMillis(9_999));
    assertThat(find(search, HOME).result()).isPresent();
    assertThat(standing(search, newer)).isEqualTo(Standing.SERVED);
    search.apply(rotated, NOW.plusSeconds(10));
    assertThat(find(search, HOME).result()).isEmpty();
    assertThat(standing(search, older)).isEqualTo(Standing.SECRET_GONE);
  }

  @Test
  void whoCameByAKeyThatHasEndedMayFinishForAWhileAndNobodyComesByIt() throws Exception {
    Secret older = Secret.of(KEY, HOST);
    Secret newer = Secret.of(new byte[Secret.KEY_LENGTH], HOST);
    FleetState rotated =
        of(new KeyGeneration(1, older, NOW, NOW.plusSeconds(10)), generation(2, newer));
    SecretSearch search =
        new SecretSearch(vertx, rotated, NOW.plusSeconds(10), Duration.ofSeconds(30));
    assertThat(find(search, HOME).result()).isEmpty();
    assertThat(search.serves(new NamedSecret("real", older))).isFalse();
    assertThat(standing(search, older)).isEqualTo(Standing.SERVED);
    search.apply(rotated, NOW.plusMillis(39_999));
    assertThat(standing(search, older)).isEqualTo(Standing.SERVED);
    search.apply(rotated, NOW.plusSeconds(40));
    assertThat(standing(search, older)).isEqualTo(Standing.SECRET_GONE);
    search.apply(rotated, NOW.plusSeconds(11)); // the clock was set back
    assertThat(standing(search, older)).isEqualTo(Standing.SERVED);
    search.apply(of(generation(2, newer)), NOW.plusSeconds(11)); // it was taken away
    assertThat(standing(search, older)).isEqualTo(Standing.SECRET_GONE);
    assertThat(standing(search, newer)).isEqualTo(Standing.SERVED);
  }

  @Test
  void nobodyIsServedAfterTheExpiryOfTheSecretOrOfTheFleet() throws Exception {
    Secret secret = Secret.of(KEY, HOST);
    Limits expiring = new Limits(null, null, Map.of(), null, NOW);
    FleetState own =
        FleetState.of(
            2,
            List.of(new FleetSecret("real", List.of(generation(1, secret)), expiring, Set.of())));
    FleetState ofAll = of(generation(1, secret)).with(new Settings(expiring, Duration.ZERO));
    for (FleetState state : List.of(own, ofAll)) {
      SecretSearch search = new SecretSearch(vertx, state, NOW.minusMillis(1));
      assertThat(find(search, HOME).result()).isPresent();
      search.apply(state, NOW);
      assertThat(find(search, HOME).result()).isEmpty();
      assertThat(standing(search, secret)).isEqualTo(Standing.SECRET_GONE);
    }
  }

  @Test
  void whoIsBannedIsSoUntilTheBanEnds() {
    Secret secret = Secret.of(KEY, HOST);
    Ban ban = new Ban(Prefix.parse("192.0.2.0/31"), "a probe", "carol", NOW);
    FleetState state = of(generation(1, secret)).with(ban);
    SecretSearch search = new SecretSearch(vertx, state, NOW.minusMillis(1));
    assertThat(search.refuses(AddressBits.of(HOME))).isTrue();
    assertThat(standing(search, secret)).isEqualTo(Standing.BANNED);
    assertThat(search.refuses(AddressBits.of(ELSEWHERE))).isFalse();
    search.apply(state, NOW);
    assertThat(search.refuses(AddressBits.of(HOME))).isFalse();
    assertThat(standing(search, secret)).isEqualTo(Standing.SERVED);
  }

  private static Standing standing(SecretSearch search, Secret secret) {
    AddressBits home = AddressBits.of(HOME);
    return search.standing(new NamedSecret("real", secret), home.high(), home.low());
  }

  private static FleetState of(KeyGeneration... keys) {
    FleetSecret real = new FleetSecret("real", List.of(keys), Limits.NONE, Set.of());
    return FleetState.of(2, List.of(real));
  }

  private static KeyGeneration generation(int number, Secret secret) {
    return new KeyGeneration(number, secret, Instant.EPOCH, null);
  }

  @Test
  void aSecretOfLateThatIsTakenAwayIsNotFoundThoughAPairOfItIsMetAfterwards() throws Exception {
    SecretSearch search = search(10_000);
    LiveSecret secret = told(find(search, HOME)).orElseThrow().secret();
    search.met(HOME, secret);
    search.apply(new FleetState(2, others(10_000)), NOW);
    assertThat(told(find(search, ELSEWHERE))).isEmpty();
    search.met(HOME, secret);
    assertThat(told(find(search, ELSEWHERE))).isEmpty();
  }

  @Test
  void secretsOfNoStateTakeNoRoomAmongThoseOfLate() throws Exception {
    SecretSearch search = search(10_000);
    search.met(HOME, told(find(search, HOME)).orElseThrow().secret());
    useOthers(search, 64);
    assertThat(told(find(search, ELSEWHERE))).isPresent();
    search.apply(state(2, 10_000), NOW);
    assertThat(find(search, ELSEWHERE).result()).isPresent(); // on the loop: one is left
  }

  @Test
  void aFloodWaitsInABoundedQueueOfWhichNoTaskIsLeftBehind() throws Exception {
    SecretSearch search = search(2_000);
    ClientHello hello = hello();
    List<Future<Optional<SecretSearch.Found>>> all = new ArrayList<>();
    int most = 0;
    for (int i = 0; i < SearchQueue.BOUND + 500; i++) {
      // Each is of an address of its own, and right: its turn is as good as any.
      all.add(search.find(hello, address(i), Runnable::run, () -> false));
      most = Math.max(most, search.waiting());
    }
    assertThat(most).isLessThanOrEqualTo(SearchQueue.BOUND);
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> all.stream().allMatch(Future::isComplete));
    assertThat(search.waiting()).isZero();
    assertThat(all)
        .allMatch(each -> each.succeeded() || each.cause() instanceof RejectedExecutionException);
    assertThat(all).anyMatch(Future::succeeded).anyMatch(Future::failed);
  }

  @Test
  void whoHasLeftIsNotSearchedFor() throws Exception {
    Future<Optional<SecretSearch.Found>> left =
        search(10_000).find(hello(), HOME, loop::add, () -> true);
    Objects.requireNonNull(loop.poll(10, TimeUnit.SECONDS)).run();
    assertThat(left.result()).isEmpty();
  }

  private SecretSearch search(int secrets) {
    return new SecretSearch(vertx, state(1, secrets), NOW);
  }

  private static FleetState state(int revision, int secrets) {
    List<NamedSecret> all = new ArrayList<>(others(secrets - 1));
    all.add(new NamedSecret("real", Secret.of(KEY, HOST)));
    return new FleetState(revision, all);
  }

  private static List<NamedSecret> others(int count) {
    List<NamedSecret> others = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      byte[] key = KEY.clone();
      key[0] = (byte) i;
      key[1] = (byte) (i >> 8);
      key[2] = 0;
      others.add(new NamedSecret("other" + i, Secret.of(key, HOST)));
    }
    return others;
  }

  private static Optional<SecretSearch.Found> inVain(
      SecretSearch search, SecretSearch.Found found, long since, DefaultEventLoop loop)
      throws Exception {
    return search
        .inVain(hello(), found, HOME, since, loop, () -> false)
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  /** So many others were used later than what was used before. */
  private static void useOthers(SecretSearch search, int count) {
    for (NamedSecret other : others(count)) {
      search.met(address(0), new LiveSecret(other));
    }
  }

  private Future<Optional<SecretSearch.Found>> find(SecretSearch search, InetAddress from)
      throws Exception {
    return search.find(hello(), from, loop::add, () -> false);
  }

  /** What a worker found, once the loop has been told. */
  private Optional<SecretSearch.Found> told(Future<Optional<SecretSearch.Found>> future)
      throws InterruptedException {
    assertThat(future.isComplete()).isFalse();
    Objects.requireNonNull(loop.poll(10, TimeUnit.SECONDS)).run();
    return Objects.requireNonNull(future.result());
  }

  private static boolean heldFor(CountDownLatch looked, CountDownLatch held) {
    looked.countDown();
    try {
      return held.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static InetAddress address(int number) {
    return InetAddress.ofLiteral("10.0." + (number >> 8) + "." + (number & 0xff));
  }

  private static ClientHello hello() throws Exception {
    return hello(0);
  }

  /** The same under no secret. */
  private static ClientHello foreign() throws Exception {
    return hello(1);
  }

  /** The captured one, with some bits of its random turned. */
  private static ClientHello hello(int turned) throws Exception {
    try (var in =
        SecretSearchTest.class.getResourceAsStream("/clienthello/mtcute-clienthello-1.bin")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      bytes[11] ^= (byte) turned;
      return ((HelloReader.Reading.Whole) HelloReader.read(Unpooled.wrappedBuffer(bytes))).hello();
    }
  }
}
