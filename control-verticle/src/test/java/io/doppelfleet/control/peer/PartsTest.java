package io.doppelfleet.control.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.control.store.Calls;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Letters that come in parts. */
final class PartsTest {
  private final Parts parts = new Parts();

  private static byte[] letter(int length) {
    byte[] letter = new byte[length];
    new Random(length).nextBytes(letter);
    return letter;
  }

  private byte @Nullable [] added(List<byte[]> all) {
    byte @Nullable [] whole = null;
    for (byte[] each : all) {
      assertThat(whole).isNull();
      assertThat(each.length).isLessThanOrEqualTo(Calls.MOST);
      whole = parts.add(each);
    }
    return whole;
  }

  @Test
  void oneOfAnyLengthIsPutTogetherAgain() {
    int number = 0;
    for (int length : new int[] {0, 1, 5_787, 5_788, 5_789, 5_788 * 3, 100_000}) {
      byte[] letter = letter(length);
      assertThat(added(Parts.of(++number, letter))).isEqualTo(letter);
    }
    assertThat(parts.hasMissed()).isFalse();
  }

  @Test
  void oneOfWhichAPartIsMissingIsMissedAndTheNextIsNot() {
    assertThat(added(Parts.of(1, letter(5)))).isEqualTo(letter(5));
    List<byte[]> second = Parts.of(2, letter(20_000));
    assertThat(parts.add(second.get(0))).isNull();
    assertThat(parts.add(second.get(2))).isNull();
    assertThat(parts.add(second.get(3))).isNull();
    assertThat(added(Parts.of(3, letter(7)))).isEqualTo(letter(7));
    assertThat(parts.hasMissed()).isTrue();
    assertThat(parts.hasMissed()).isFalse();
    assertThat(added(Parts.of(4, letter(9)))).isEqualTo(letter(9));
    assertThat(parts.hasMissed()).isFalse();
    assertThat(parts.add(new byte[3])).isNull();
  }

  @Test
  void oneThatIsNotAfterTheLastIsLeftAndDoesntEndOneThatComes() {
    assertThat(added(Parts.of(57, letter(7)))).isEqualTo(letter(7));
    assertThat(parts.hasMissed()).isFalse();
    List<byte[]> next = Parts.of(58, letter(9_000));
    assertThat(parts.add(next.getFirst())).isNull();
    assertThat(added(Parts.of(57, letter(7)))).isNull();
    assertThat(added(Parts.of(3, letter(7)))).isNull();
    assertThat(parts.add(next.getLast())).isEqualTo(letter(9_000));
    assertThat(added(Parts.of(58, letter(9)))).isNull();
    assertThat(parts.hasMissed()).isFalse();
  }
}
