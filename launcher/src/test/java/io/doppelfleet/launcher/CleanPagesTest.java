package io.doppelfleet.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.launcher.CleanPages.Mapping;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which pages are let go. */
class CleanPagesTest {
  private static List<Mapping> clean(String first, int anonymousKibibytes, int swapKibibytes) {
    return CleanPages.clean(
        List.of(
            first,
            "Size:              16944 kB",
            "Rss:               13408 kB",
            "Anonymous:         %8d kB".formatted(anonymousKibibytes),
            "FilePmdMapped:        0 kB",
            "Swap:              %8d kB".formatted(swapKibibytes),
            "VmFlags: rd ex mr mw me sd"));
  }

  private static String mapping(String permissions, String path) {
    return "7f0000000000-7f0000200000 " + permissions + " 00001000 fe:00 99      " + path;
  }

  @ParameterizedTest
  @CsvSource({
    "r-xp,/a jdk of three words/lib/server/libjvm.so",
    "r--s,/jdk/lib/modules",
    "r--p,/home/launcher/target/doppelfleet.aot"
  })
  void whatTheVirtualMachineReadsAtItsStartIsLetGo(String permissions, String path) {
    assertThat(clean(mapping(permissions, path), 0, 0))
        .containsExactly(new Mapping(0x7f0000000000L, 2 << 20));
  }

  @Test
  void whatWasWrittenToAndProtectedThenStays() {
    assertThat(clean(mapping("r--p", "/doppelfleet.aot"), 4, 0)).isEmpty();
    assertThat(clean(mapping("r--p", "/doppelfleet.aot"), 0, 4)).isEmpty();
    assertThat(clean(mapping("r-xp", "/libjvm.so"), 4, 0)).isEmpty();
    assertThat(clean(mapping("r--p", "/libjvm.so"), 0, 0)).isEmpty();
  }

  @Test
  void whatMayBeWrittenToStays() {
    assertThat(clean(mapping("rw-p", "/doppelfleet.aot"), 0, 0)).isEmpty();
    assertThat(clean(mapping("rwxp", "/libjvm.so"), 0, 0)).isEmpty();
  }

  @Test
  void whatIsOfNoFileOrOfAnotherStays() {
    assertThat(clean("7f0000000000-7f0000200000 r--p 00000000 00:00 0", 0, 0)).isEmpty();
    assertThat(clean(mapping("r-xp", "[vsyscall]"), 0, 0)).isEmpty();
    assertThat(clean(mapping("r--p", "/fleet.mv.db"), 0, 0)).isEmpty();
  }

  @Test
  void littleOfAFileStays() {
    assertThat(clean("7f0000000000-7f00000ff000 r-xp 00001000 fe:00 99 /libjvm.so", 0, 0))
        .isEmpty();
  }

  @Test
  void aMappingsCountIsItsOwn() {
    List<String> lines = new ArrayList<>();
    for (int anonymous : new int[] {4, 0}) {
      for (String permissions : List.of("r--p", "rw-p", "r-xp")) {
        lines.add(mapping(permissions, "/libjvm.so"));
        lines.add("Anonymous:      %d kB".formatted(anonymous));
        lines.add("Swap:           0 kB");
      }
    }
    assertThat(CleanPages.clean(lines)).hasSize(1);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatWasReadIsLetGoAndIsThereStill(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("read.aot");
    byte[] content = new byte[4 << 20];
    new Random(1).nextBytes(content);
    Files.write(file, content);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, content.length, arena);
      assertThat(mapped.mismatch(MemorySegment.ofArray(content))).isEqualTo(-1);
      assertThat(residentKibibytes(file)).isEqualTo(4 << 10);
      CleanPages.letGo();
      assertThat(residentKibibytes(file)).isZero();
      assertThat(mapped.mismatch(MemorySegment.ofArray(content))).isEqualTo(-1);
    }
  }

  private static long residentKibibytes(Path file) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
    int line = 0;
    while (!lines.get(line).endsWith(file.toString())) {
      line++;
    }
    while (!lines.get(line).startsWith("Rss:")) {
      line++;
    }
    return Long.parseLong(lines.get(line).replaceAll("\\D", ""));
  }
}
