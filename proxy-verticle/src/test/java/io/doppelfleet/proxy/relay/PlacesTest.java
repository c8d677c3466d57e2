package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.LimitQuestion.Addresses;
import io.doppelfleet.fleet.Limits.AddressLimit;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.address.AddressBits;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From how many addresses a node lets a secret's clients in, and what it tells of them. */
@Timeout(60)
class PlacesTest {
  private static final AddressLimit TWO = new AddressLimit(2, Duration.ofMinutes(1));
  private static final KeyGeneration KEY = key(1);
  private static final int ALL = 1_000;

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(5).toNanos());
  private final EventLoop loop = new DefaultEventLoop();
  private final Peers peers = new Peers(clock::get);
  private final Places places = new Places(peers, clock::get);

  PlacesTest() {
    places.limit(TWO, KEY);
  }

  @AfterEach
  void end() throws Exception {
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).get();
  }

  private static KeyGeneration key(int generation) {
    byte[] key = new byte[16];
    key[0] = (byte) generation;
    Secret secret = Secret.of(key, "cover.example");
    return new KeyGeneration(generation, secret, Instant.EPOCH, null);
  }

  private static AddressBits bits(String address) {
    return AddressBits.of(InetAddress.ofLiteral(address));
  }

  private static int token(String address) {
    return new PlaceTokens(KEY).of(bits(address));
  }

  private Future<Boolean> comes(String address) {
    return places.admit(bits(address), loop);
  }

  private boolean isAdmitted(String address) {
    return comes(address).result();
  }

  private static boolean isIn(Future<Boolean> client) throws Exception {
    return client.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private Addresses told() {
    return Objects.requireNonNull(places.use(ALL));
  }

  private void answer(long control, Integer... admitted) {
    peers.answered(control, 2, clock.get());
    places.answered(List.of(admitted));
  }

  @Test
  void aloneTheNumberIsLetInAndOnesThatAreNotSeenForTheTimeMakeRoom() {
    assertThat(isAdmitted("192.0.2.1")).isTrue();
    clock.addAndGet(Duration.ofSeconds(40).toNanos());
    assertThat(isAdmitted("192.0.2.2")).isTrue();
    assertThat(isAdmitted("192.0.2.3")).isFalse();
    assertThat(isAdmitted("192.0.2.2")).isTrue();
    clock.addAndGet(Duration.ofSeconds(20).toNanos());
    assertThat(isAdmitted("192.0.2.3")).isTrue();
    assertThat(isAdmitted("192.0.2.1")).isFalse();
    assertThat(isAdmitted("192.0.2.2")).isTrue();
  }

  @Test
  void ofIpv6ASubscribersWholePrefixIsOneAddress() {
    places.limit(new AddressLimit(1, Duration.ofMinutes(1)), KEY);
    assertThat(isAdmitted("2001:db8:0:1::1")).isTrue();
    assertThat(isAdmitted("2001:db8:0:1:ffff::2")).isTrue();
    assertThat(isAdmitted("2001:db8:0:2::1")).isFalse();
  }

  @Test
  void whoComesFromAnUnknownOneWaitsForTheAnswerAndFromAKnownOneIsTold() throws Exception {
    peers.begin(() -> {});
    final Future<Boolean> first = comes("192.0.2.1");
    final Future<Boolean> second = comes("192.0.2.2");
    assertThat(places.isAwaited()).isTrue();
    assertThat(told())
        .isEqualTo(new Addresses(1, List.of(token("192.0.2.1"), token("192.0.2.2")), List.of()));
    answer(7, token("192.0.2.1"));
    assertThat(isIn(first)).isTrue();
    assertThat(isIn(second)).isFalse();
    assertThat(isAdmitted("192.0.2.2")).isFalse(); // so soon there is no other answer
    answer(7);
    assertThat(isAdmitted("192.0.2.1")).isTrue();
    places.use(ALL); // of another control it may be, to begin with
    assertThat(places.use(ALL)).isNull();
    assertThat(isAdmitted("192.0.2.1")).isTrue();
    Addresses seen = new Addresses(1, List.of(), List.of(token("192.0.2.1")));
    assertThat(told()).isEqualTo(seen);
    places.answered(null);
    assertThat(told()).isEqualTo(seen); // nobody has heard of it
    answer(7);
    assertThat(places.use(ALL)).isNull();
    answer(8); // it starts anew, and knows of none
    assertThat(told()).isEqualTo(seen);
  }

  @Test
  void anotherKeyTellsAllAnew() {
    assertThat(isAdmitted("192.0.2.1")).isTrue();
    assertThat(told().seen()).containsExactly(token("192.0.2.1"));
    answer(0);
    KeyGeneration next = key(2);
    places.limit(TWO, next);
    int other = new PlaceTokens(next).of(bits("192.0.2.1"));
    assertThat(other).isNotEqualTo(token("192.0.2.1"));
    assertThat(told()).isEqualTo(new Addresses(2, List.of(), List.of(other)));
  }

  @Test
  void whoIsLetInByAKeyThatIsNoLongerTheNewestIsToldByThatOne() throws Exception {
    peers.begin(() -> {});
    final Future<Boolean> first = comes("192.0.2.1");
    told();
    KeyGeneration next = key(2);
    places.limit(TWO, next);
    answer(0, token("192.0.2.1"));
    assertThat(isIn(first)).isTrue();
    int other = new PlaceTokens(next).of(bits("192.0.2.1"));
    assertThat(told()).isEqualTo(new Addresses(2, List.of(), List.of(other)));
  }

  @Test
  void whereTheControlCountsNoneTheNodeCountsItsOwn() throws Exception {
    peers.begin(() -> {});
    final Future<Boolean> first = comes("192.0.2.1");
    final Future<Boolean> second = comes("192.0.2.2");
    told();
    peers.answered(7, 2, clock.get());
    places.answered(null);
    assertThat(isIn(first)).isTrue();
    assertThat(isIn(second)).isFalse();
  }

  @Test
  void ofALimitThatIsTakenAwayNothingIsKept() {
    assertThat(isAdmitted("192.0.2.1")).isTrue();
    assertThat(isAdmitted("192.0.2.2")).isTrue();
    places.limit(null, null);
    places.limit(TWO, KEY);
    assertThat(isAdmitted("192.0.2.3")).isTrue();
    assertThat(told().seen()).containsExactly(token("192.0.2.3"));
  }

  @Test
  void whereNoControlAnswersEachNodeHasItsPart() throws Exception {
    peers.begin(() -> {});
    final Future<Boolean> first = comes("192.0.2.1");
    told();
    answer(7, token("192.0.2.1"));
    assertThat(isIn(first)).isTrue();
    final Future<Boolean> second = comes("192.0.2.2");
    told();
    peers.unanswered();
    places.answered(null);
    assertThat(isIn(second)).isFalse();
    places.limit(new AddressLimit(4, Duration.ofMinutes(1)), KEY);
    assertThat(isAdmitted("192.0.2.2")).isTrue();
    assertThat(isAdmitted("192.0.2.3")).isFalse();
  }
}
