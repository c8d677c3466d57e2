package io.doppelfleet.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class DescriptorsTest {
  @Test
  void theSoftLimitIsWhatIsAllowed() {
    assertThat(
            Descriptors.allowed(
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             31337                31337                processes
                Max open files            1024                 524288               files
                """))
        .isEqualTo(1024);
  }

  @Test
  void withoutALimitAGreatManyAre() {
    assertThat(Descriptors.allowed("Max open files            unlimited   unlimited   files\n"))
        .isEqualTo(Long.MAX_VALUE);
  }

  /** 2^30 is what Linux has for the largest (fs.nr_open), 2^20 by default. */
  @Test
  void thisProcessHasOne() throws IOException {
    assertThat(Files.readString(Path.of("/proc/self/limits"))).contains("Max open files");
    assertThat(Descriptors.allowed()).isBetween(64L, (long) Integer.MAX_VALUE);
  }
}
