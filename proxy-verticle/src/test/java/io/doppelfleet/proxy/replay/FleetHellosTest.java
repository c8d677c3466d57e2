package io.doppelfleet.proxy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HelloPart;
import io.doppelfleet.fleet.HelloTokens;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.MalformedHelloException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A hello that one node has met is known on another by its token, and by that alone. */
final class FleetHellosTest {
  private static final NamedSecret ALICE = secret("alice", 1);
  private static final NamedSecret BOB = secret("bob", 2);

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may be anywhere
  private final FleetHellos paris = hellos();
  private final FleetHellos oslo = hellos();

  private FleetHellos hellos() {
    return new FleetHellos(Duration.ofMinutes(2), RandomGenerator.of("L64X128MixRandom"), now::get);
  }

  private static NamedSecret secret(String name, int key) {
    byte[] bytes = new byte[Secret.KEY_LENGTH];
    bytes[0] = (byte) key;
    return new NamedSecret(name, Secret.of(bytes, "cover.example"));
  }

  private static ClientHello hello(int number, int time) throws MalformedHelloException {
    byte[] record = new byte[5 + 4 + 2 + 32 + 1 + 2 + 1];
    record[11 + 26] = (byte) (number >> 8);
    record[11 + 27] = (byte) number;
    record[11 + 28] = (byte) time;
    return new ClientHello(record);
  }

  @Test
  void whatOneNodeHasMetIsAReplayOnAnotherWhateverTimeItIsGiven() throws Exception {
    assertThat(paris.first(hello(1, 0), ALICE)).isTrue();
    oslo.heard(paris.next(80));
    assertThat(oslo.first(hello(1, 0), ALICE)).isFalse();
    assertThat(oslo.first(hello(1, 9), ALICE)).isFalse();
    assertThat(oslo.first(hello(2, 0), ALICE)).isTrue();
    assertThat(oslo.heard()).isEqualTo(1);
    assertThat(oslo.next(80).size()).isEqualTo(1);
  }

  /** Who sees a token and a hello can't tell that they belong together. */
  @Test
  void theTokenIsOfTheSecretsKey() throws Exception {
    paris.first(hello(1, 0), ALICE);
    paris.first(hello(1, 0), BOB);
    paris.first(hello(1, 0), secret("carol", 1));
    long[] tokens = paris.next(80).stream().toArray();
    assertThat(tokens).hasSize(3);
    assertThat(tokens[0]).isNotEqualTo(tokens[1]);
    assertThat(tokens[0]).isEqualTo(tokens[2]);
  }

  /** Every later version must make the same of it, or two versions don't know each other's. */
  @Test
  void theFormOfATokenIsKept() throws Exception {
    paris.first(hello(1, 0), ALICE);
    assertThat(paris.next(80)).isEqualTo(HelloTokens.of(0x0c27b280cc60L));
  }

  @Test
  void ownHellosAndThoseOfOthersTakeNoRoomFromEachOther() throws Exception {
    oslo.first(hello(1, 0), ALICE);
    oslo.first(hello(2, 0), ALICE);
    final HelloTokens first = oslo.next(80);
    paris.heard(first);
    for (int i = 0; i < 60_000; i++) {
      paris.first(hello(i, 1 + i / 50_000), BOB);
    }
    assertThat(paris.first(hello(1, 0), ALICE)).isFalse();
    assertThat(paris.untold()).isGreaterThan(40_000);
    // The other way: however many a node that is seized tells of.
    oslo.heard(HelloTokens.of(LongStream.range(0, HelloTokens.MOST).toArray()));
    oslo.heard(HelloTokens.of(LongStream.range(1L << 40, (1L << 40) + 200_000).toArray()));
    assertThat(oslo.told(0).tokens().stream().boxed())
        .containsExactlyInAnyOrderElementsOf(first.stream().boxed().toList());
    assertThat(oslo.forgotten()).isPositive();
  }

  @Test
  void whatWasToldIsToldAgainAsLongAsItMayBeGoodStill() throws Exception {
    paris.first(hello(1, 0), ALICE);
    final HelloTokens first = paris.next(80);
    now.addAndGet(TimeUnit.SECONDS.toNanos(200));
    paris.first(hello(2, 0), ALICE);
    final HelloTokens second = paris.next(80);
    assertThat(paris.told(0).tokens().size()).isEqualTo(2);
    now.addAndGet(TimeUnit.SECONDS.toNanos(41));
    assertThat(paris.told(0).tokens()).isEqualTo(second).isNotEqualTo(first);
    now.addAndGet(TimeUnit.SECONDS.toNanos(200));
    assertThat(paris.told(0)).isEqualTo(HelloPart.NONE);
  }
}
