package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.MalformedHelloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was answered is known again, within a bounded file. */
final class ReplayWindowTest {
  private static final long TIME = 1_795_419_650L;
  @TempDir Path directory;

  @Test
  void aHundredThousandHellosAreEachNewOnceAndKnownAfterwards() throws Exception {
    byte[][] randoms = new byte[100_000][32];
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    try (ReplayWindow window = ReplayWindow.open(file(), 100_000)) {
      for (byte[] each : randoms) {
        random.nextBytes(each);
        assertThat(window.first(hello(each), TIME)).isTrue();
      }
      for (byte[] each : randoms) {
        assertThat(window.first(hello(each), TIME)).isFalse();
      }
    }
    assertThat(Files.size(file())).isLessThan(8 << 20);
  }

  @Test
  void aHelloIsKnownToTheNextProcess() throws Exception {
    byte[] random = new byte[32];
    random[0] = 1;
    try (ReplayWindow window = ReplayWindow.open(file(), 1000)) {
      assertThat(window.first(hello(random), TIME)).isTrue();
    }
    try (ReplayWindow window = ReplayWindow.open(file(), 1000)) {
      assertThat(window.first(hello(random), TIME + 239)).isFalse();
    }
  }

  @Test
  void theOldestIsForgottenWhereNoPlaceIsLeft() throws Exception {
    // One bucket: the bytes that choose it are equal.
    try (ReplayWindow window = ReplayWindow.open(file(), 1000)) {
      for (int i = 0; i < 33; i++) {
        assertThat(window.first(hello(numbered(i)), TIME + i)).isTrue();
      }
      assertThat(window.first(hello(numbered(1)), TIME)).isFalse();
      assertThat(window.first(hello(numbered(0)), TIME)).isTrue();
    }
  }

  @Test
  void aSecondProcessIsToldThatTheFileIsInUse() throws Exception {
    try (ReplayWindow window = ReplayWindow.open(file(), 1000)) {
      assertThat(window).isNotNull();
      assertThatThrownBy(() -> ReplayWindow.open(file(), 1000).close())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void aFileOfGarbageIsMadeAnew() throws Exception {
    Files.write(file(), new byte[] {1, 2, 3});
    try (ReplayWindow window = ReplayWindow.open(file(), 1000)) {
      assertThat(window.first(hello(new byte[32]), TIME)).isTrue();
      assertThat(window.first(hello(new byte[32]), TIME)).isFalse();
    }
  }

  private Path file() {
    return directory.resolve("replays");
  }

  private static byte[] numbered(int number) {
    byte[] random = new byte[32];
    random[0] = (byte) number;
    return random;
  }

  private static ClientHello hello(byte[] random) throws MalformedHelloException {
    byte[] record = new byte[5 + 4 + 2 + 32 + 1 + 2 + 1];
    System.arraycopy(random, 0, record, 11, 32);
    return new ClientHello(record);
  }
}
