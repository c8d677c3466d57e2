package io.doppelfleet.proxy.doppel;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.KnownClients;
import io.doppelfleet.proxy.hello.MalformedHelloException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RecentAnswersTest {
  private static final long NOW = -5; // the clock may begin anywhere
  private static final long LATE = TimeUnit.SECONDS.toNanos(15);
  private static final String HOST = "cover.example";
  private static final ClientHello HELLO = hello(HOST);

  private final RecentAnswers answers = new RecentAnswers(new Random(1));

  RecentAnswersTest() {
    answers.draw(HELLO, NOW); // a client came
  }

  @Test
  void aFewSayNothing() {
    assertThat(answers.draw(HELLO, NOW)).isZero();
    add(7, NOW);
    assertThat(answers.draw(HELLO, NOW)).isZero();
    add(1, NOW);
    assertThat(answers.draw(HELLO, NOW)).isBetween(100L, 107L);
  }

  @Test
  void allOfLateAreDrawnFromAndNoOlderOnes() {
    add(10, NOW - LATE - 1);
    assertThat(answers.draw(HELLO, NOW)).isZero();
    for (int i = 0; i < 9; i++) {
      answers.add(HELLO, from(i), NOW - LATE, 200_000 + i * 1_000);
    }
    assertThat(draws()).allMatch(wait -> wait >= 200_000 && wait <= 208_000);
    assertThat(draws().stream().map(wait -> wait / 1_000).distinct())
        .contains(200L, 201L, 202L, 203L, 204L, 205L, 206L, 207L);
  }

  @Test
  void noWaitIsDrawnAgainAndAgain() {
    for (int i = 0; i < 8; i++) {
      answers.add(HELLO, from(i), NOW, 50_000_000 + i * 1_000_000);
    }
    assertThat(draws()).hasSizeGreaterThan(1_900);
  }

  @Test
  void sixteenAreKeptTheLastOnes() {
    for (int i = 0; i < 1_000; i++) {
      answers.add(HELLO, from(i), NOW, 1 + i);
    }
    assertThat(draws()).hasSize(16).allMatch(wait -> wait > 984);
  }

  @Test
  void oneNetworkHasNoMoreThanHalfAndOfItsOwnTheLastOnes() {
    for (int i = 0; i < 8; i++) {
      answers.add(HELLO, from(i), NOW, 1_000 + i);
    }
    for (int i = 0; i < 1_000; i++) {
      answers.add(HELLO, from(77), NOW, 900_000 + i);
    }
    long slow = Stream.generate(this::draw).limit(3_000).filter(wait -> wait > 1_007).count();
    assertThat(slow).as("7 of the 15 steps are its own, and one leads there").isLessThan(1_800);
    assertThat(draws())
        .contains(1_000L, 1_006L, 900_993L, 900_998L)
        .noneMatch(wait -> wait > 900_999);
  }

  @Test
  void hellosOfAnotherKindOrForAnotherNameSayNothing() {
    ClientHello otherKind = hello(KnownClients.desktop().fresh(HOST, new Random(2)));
    ClientHello otherName = hello("elsewhere.example");
    for (ClientHello other : List.of(otherKind, otherName)) {
      assertThat(answers.draw(other, NOW)).isZero();
      for (int i = 0; i < 16; i++) {
        answers.add(other, from(i), NOW, 7_000_000);
      }
      assertThat(answers.draw(other, NOW)).isEqualTo(7_000_000);
    }
    assertThat(answers.draw(HELLO, NOW)).isZero();
  }

  @Test
  void hellosThatStrangersMakeUpTakeNoPlace() {
    add(8, NOW);
    for (int i = 0; i < 1_000; i++) {
      ClientHello madeUp = hello("host" + i + ".example");
      for (int j = 0; j < 8; j++) {
        answers.add(madeUp, from(j), NOW, 5);
      }
      if (i < 31) {
        assertThat(answers.draw(madeUp, NOW)).as("of nobody before").isZero();
      }
    }
    assertThat(answers.draw(HELLO, NOW)).isPositive();
    answers.draw(hello("one-more.example"), NOW); // the 33rd, for that of a client long ago
    assertThat(answers.draw(HELLO, NOW)).isPositive();
  }

  private long draw() {
    return answers.draw(HELLO, NOW);
  }

  private List<Long> draws() {
    return Stream.generate(this::draw).limit(2_000).distinct().toList();
  }

  private void add(int count, long when) {
    for (int i = 0; i < count; i++) {
      answers.add(HELLO, from(i), when, 100 + i);
    }
  }

  private static AddressBits from(int number) {
    return new AddressBits(0, 0xffff_0a00_0000L + number); // 10.0.0.0 and so on
  }

  private static ClientHello hello(String host) {
    return hello(KnownClients.tdlib().fresh(host, new Random(1)));
  }

  private static ClientHello hello(byte[] record) {
    try {
      return new ClientHello(record);
    } catch (MalformedHelloException e) {
      throw new AssertionError(e);
    }
  }
}
