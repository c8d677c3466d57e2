package io.doppelfleet.control.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.EvenLength;
import io.doppelfleet.fleet.HelloPart;
import io.doppelfleet.fleet.LinkMessage;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node may tell of hellos what it has to, and no more. */
class HelloBoundsTest {
  private static final long START = Long.MAX_VALUE - 5; // nanoTime may be anywhere

  private final HelloBounds bounds = new HelloBounds(START);

  @BeforeEach
  void begin() {
    bounds.version(LinkMessage.NEWEST);
  }

  @Test
  void allOfLateMayBeAskedForAtOnceAndThenOnceASecond() {
    assertThat(bounds.allows(0, START)).isTrue();
    for (int from = 1; from <= 128; from++) {
      assertThat(bounds.allows(from, START)).isTrue();
    }
    long later = START + TimeUnit.MILLISECONDS.toNanos(999);
    assertThat(bounds.allows(0, later)).isFalse();
    assertThat(bounds.allows(0, START + TimeUnit.SECONDS.toNanos(1))).isTrue();
  }

  @Test
  void noMoreIsToldThanThereIs() {
    assertThat(bounds.allows(0, START)).isTrue();
    int parts = 1;
    while (bounds.allows(HelloPart.END, START)) {
      parts++;
    }
    assertThat(parts).isEqualTo(200);
    assertThat(bounds.allows(1, START + TimeUnit.SECONDS.toNanos(9))).isFalse();
    assertThat(bounds.allows(0, START + TimeUnit.SECONDS.toNanos(9))).isTrue();
    assertThat(bounds.allows(1, START + TimeUnit.SECONDS.toNanos(9))).isTrue();
  }

  @Test
  void whatIsLongerThanATickIsWrong() {
    assertThat(bounds.wrong(Buffer.buffer(new byte[EvenLength.LONG]), START)).isNull();
    assertThat(bounds.wrong(Buffer.buffer(new byte[EvenLength.LONG + 1]), START))
        .isEqualTo("of hellos it tells 897 bytes at once: 896 are the most");
  }

  @Test
  void ticksMayComeTogetherAfterAPauseButNoMoreOftenThanAnyNodeTicks() {
    Buffer tick = Buffer.buffer("{}");
    long now = START;
    for (int i = 0; i < 1_000; i++) {
      assertThat(bounds.wrong(tick, now)).isNull();
      now += TimeUnit.MILLISECONDS.toNanos(60);
    }
    now += TimeUnit.MINUTES.toNanos(1);
    for (int i = 0; i < 200; i++) {
      assertThat(bounds.wrong(tick, now)).isNull();
    }
    assertThat(bounds.wrong(tick, now))
        .isEqualTo("of hellos it tells more often than 20 times a second");
  }

  @Test
  void aNodeOfBeforeTellsNothingAndOneOfLaterAsMuchAsThisEndUnderstands() {
    bounds.version(LinkMessage.FIRST);
    assertThat(bounds.version()).isEqualTo(LinkMessage.FIRST);
    assertThat(bounds.wrong(Buffer.buffer("{}"), START))
        .isEqualTo("of hellos nothing is told on a link of version 1");
    assertThat(bounds.allows(0, START)).isFalse();
    bounds.version(Integer.MAX_VALUE);
    assertThat(bounds.version()).isEqualTo(LinkMessage.NEWEST);
    assertThat(bounds.allows(0, START)).isTrue();
  }
}
