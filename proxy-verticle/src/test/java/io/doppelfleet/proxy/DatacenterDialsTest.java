package io.doppelfleet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DatacenterDialsTest {
  private final DatacenterDials dials = new DatacenterDials();

  @Test
  void whateverClientsAskForThereAreFewNames() {
    assertThat(
            IntStream.rangeClosed(Short.MIN_VALUE, Short.MAX_VALUE)
                .mapToObj(dials::to)
                .collect(Collectors.toSet()))
        .hasSameElementsAs(dials.all());
    assertThat(dials.all())
        .extracting(DatacenterDials.Dials::name)
        .containsExactly("1", "2", "3", "4", "5", "203", "other");
    assertThat(dials.to(-4)).isSameAs(dials.to(4));
    assertThat(dials.to(6).name()).isEqualTo("other");
  }

  @Test
  void theLastDialSaysWhetherOneIsDown() {
    DatacenterDials.Dials two = dials.to(2);
    assertThat(two.isDown()).isFalse();
    assertThat(two.isUp()).as("nobody has asked").isFalse();
    two.failed();
    assertThat(two.isDown()).isTrue();
    two.connected(TimeUnit.MILLISECONDS.toNanos(250));
    two.connected(TimeUnit.MILLISECONDS.toNanos(500));
    assertThat(two.isDown()).isFalse();
    assertThat(two.isUp()).isTrue();
    assertThat(two.failures()).isEqualTo(1);
    assertThat(two.connected()).isEqualTo(2);
    assertThat(two.seconds()).isEqualTo(0.75);
    assertThat(dials.to(1).connected()).isZero();
  }

  @Test
  void aClientThatLeftAfterLongHadNoAnswerAndOneThatLeftAtOnceSaysNothing() {
    DatacenterDials.Dials two = dials.to(2);
    two.left(TimeUnit.MILLISECONDS.toNanos(999));
    assertThat(two.failures()).isZero();
    two.left(TimeUnit.SECONDS.toNanos(1));
    assertThat(two.failures()).isOne();
    assertThat(two.isDown()).as("by one client's word").isFalse();
  }
}
