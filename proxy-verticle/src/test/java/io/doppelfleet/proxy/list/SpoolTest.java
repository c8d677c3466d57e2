package io.doppelfleet.proxy.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes is there to be read, as often as is wanted, whatever the disk does. */
final class SpoolTest {
  @TempDir Path directory;

  private static byte[] read(Spool spool) throws IOException {
    try (InputStream in = spool.open()) {
      return in.readAllBytes();
    }
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  @Test
  void onDiskItMayBeLongAndLeavesNothing() throws Exception {
    byte[] bytes = bytes(Spool.MOST_IN_MEMORY + 1);
    try (Spool spool = new Spool(directory)) {
      spool.take(bytes);
      spool.take(new byte[] {7});
      for (int i = 0; i < 2; i++) {
        byte[] read = read(spool);
        assertThat(read).hasSize(bytes.length + 1).startsWith(bytes).endsWith(7);
      }
      assertThat(directory).isNotEmptyDirectory();
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void withoutADiskItIsInMemoryAsFarAsThatGoes() throws Exception {
    Path nowhere = Files.writeString(directory.resolve("file"), "");
    try (Spool spool = new Spool(nowhere)) {
      byte[] bytes = bytes(Spool.MOST_IN_MEMORY);
      spool.take(bytes);
      assertThat(read(spool)).isEqualTo(bytes);
      assertThat(read(spool)).isEqualTo(bytes);
      spool.take(new byte[1]);
      assertThatIOException().isThrownBy(spool::open).withMessageContaining("2 MiB");
    }
  }
}
