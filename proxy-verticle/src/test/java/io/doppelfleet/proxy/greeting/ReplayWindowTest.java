package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.MalformedHelloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was answered is known again, within a bounded file. */
final class ReplayWindowTest {
  private static final long TIME = 1_795_419_650L;
  private static final Duration TOLERANCE = Duration.ofMinutes(2);

  @TempDir Path directory;

  @Test
  void aHundredThousandHellosAreEachNewOnceAndKnownAfterwards() throws Exception {
    byte[][] randoms = new byte[100_000][32];
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    try (ReplayWindow window = ReplayWindow.open(file(), 100_000, TOLERANCE)) {
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
  void whatIsForgottenForWantOfRoomIsCountedUnlessItIsStale() throws Exception {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    byte[] bytes = new byte[32];
    try (ReplayWindow window = ReplayWindow.open(file(), 1, TOLERANCE)) { // one bucket, of 32
      for (int i = 0; i < 32; i++) {
        random.nextBytes(bytes);
        window.first(hello(bytes), TIME);
      }
      random.nextBytes(bytes);
      window.first(hello(bytes), TIME + 241);
      assertThat(window.crowdedOut()).isZero();
      random.nextBytes(bytes);
      window.first(hello(bytes), TIME + 240);
      assertThat(window.crowdedOut()).isEqualTo(1);
    }
  }

  /**
   * Event loops share the window. Who is second writes nothing, and so catches up with the first.
   */
  @Test
  void ofThreadsWithTheSameHelloAtOneInstantOneIsTheFirst() throws Exception {
    int rounds = 20_000;
    ClientHello[] hellos = new ClientHello[rounds];
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    byte[] bytes = new byte[32];
    for (int i = 0; i < rounds; i++) {
      random.nextBytes(bytes);
      hellos[i] = hello(bytes);
    }
    AtomicIntegerArray first = new AtomicIntegerArray(rounds);
    try (ReplayWindow window = ReplayWindow.open(file(), 100_000, TOLERANCE);
        ExecutorService loops = Executors.newFixedThreadPool(4)) {
      Callable<Void> loop =
          () -> {
            for (int i = 0; i < rounds; i++) {
              if (window.first(hellos[i], TIME)) {
                first.incrementAndGet(i);
              }
            }
            return null;
          };
      for (Future<Void> done : loops.invokeAll(Collections.nCopies(4, loop))) {
        done.get();
      }
    }
    for (int i = 0; i < rounds; i++) {
      assertThat(first.get(i)).as("firsts of round %d", i).isEqualTo(1);
    }
  }

  @Test
  void aHelloIsKnownToTheNextProcess() throws Exception {
    byte[] random = new byte[32];
    random[0] = 1;
    try (ReplayWindow window = ReplayWindow.open(file(), 1000, TOLERANCE)) {
      assertThat(window.first(hello(random), TIME)).isTrue();
    }
    try (ReplayWindow window = ReplayWindow.open(file(), 1000, TOLERANCE)) {
      assertThat(window.first(hello(random), TIME + 240)).isFalse();
    }
  }

  /** With a clock that went back, hellos of before it are of the future, and come again. */
  @Test
  void aHelloIsKnownThoughTheClockWentBackMeanwhile() throws Exception {
    try (ReplayWindow window = ReplayWindow.open(file(), 1000, TOLERANCE)) {
      assertThat(window.first(hello(numbered(0)), TIME)).isTrue();
      for (int i = 1; i < 32; i++) { // of the same bucket
        assertThat(window.first(hello(numbered(i)), TIME - 3600 + i)).isTrue();
      }
      assertThat(window.first(hello(numbered(0)), TIME)).isFalse();
    }
  }

  @Test
  void theOldestIsForgottenWhereNoPlaceIsLeft() throws Exception {
    // One bucket: the bytes that choose it are equal.
    try (ReplayWindow window = ReplayWindow.open(file(), 1000, TOLERANCE)) {
      for (int i = 0; i < 33; i++) {
        assertThat(window.first(hello(numbered(i)), TIME + i)).isTrue();
      }
      assertThat(window.first(hello(numbered(1)), TIME)).isFalse();
      assertThat(window.first(hello(numbered(0)), TIME)).isTrue();
    }
  }

  @Test
  void aSecondProcessIsToldThatTheFileIsInUse() throws Exception {
    try (ReplayWindow window = ReplayWindow.open(file(), 1000, TOLERANCE)) {
      assertThat(window).isNotNull();
      assertThatThrownBy(() -> ReplayWindow.open(file(), 1000, TOLERANCE).close())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void aFileOfGarbageIsMadeAnew() throws Exception {
    Files.write(file(), new byte[] {1, 2, 3});
    try (ReplayWindow window = ReplayWindow.open(file(), 1000, TOLERANCE)) {
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
