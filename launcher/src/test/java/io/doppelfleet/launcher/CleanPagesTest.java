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
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Which pages are let go. */
class CleanPagesTest {
  private static List<Mapping> clean(String first, int anonymousKibibytes) {
    return CleanPages.clean(
        List.of(
            first,
            "Size:              16944 kB",
            "Rss:               13408 kB",
            "Anonymous:         %8d kB".formatted(anonymousKibibytes),
            "VmFlags: rd ex mr mw me sd"));
  }

  @Test
  void codeOfALibraryIsLetGo() {
    assertThat(
            clean("7f0000000000-7f0000200000 r-xp 00001000 fe:00 99 /a library of two words.so", 0))
        .containsExactly(new Mapping(0x7f0000000000L, 2 << 20));
  }

  @Test
  void aLibrarysTableThatWasWrittenToAndProtectedThenStays() {
    assertThat(clean("7f0000000000-7f0000200000 r--p 00001000 fe:00 99 /lib.so", 4)).isEmpty();
  }

  @Test
  void whatMayBeWrittenToStays() {
    assertThat(clean("7f0000000000-7f0000200000 rw-p 00001000 fe:00 99 /lib.so", 0)).isEmpty();
    assertThat(clean("7f0000000000-7f0000200000 rw-s 00001000 fe:00 99 /a.db", 0)).isEmpty();
  }

  @Test
  void whatIsOfNoFileStays() {
    assertThat(clean("7f0000000000-7f0000200000 r--p 00000000 00:00 0", 0)).isEmpty();
    assertThat(clean("ffffffffff600000-ffffffffff800000 r-xp 00000000 00:00 0  [vsyscall]", 0))
        .isEmpty();
  }

  @Test
  void littleOfAFileStays() {
    assertThat(clean("7f0000000000-7f00000ff000 r-xp 00001000 fe:00 99 /lib.so", 0)).isEmpty();
  }

  @Test
  void aMappingsCountIsItsOwn() {
    assertThat(
            CleanPages.clean(
                List.of(
                    "7f0000000000-7f0000200000 r--p 00001000 fe:00 99 /lib.so",
                    "Anonymous:             4 kB",
                    "7f0000200000-7f0000400000 rw-p 00001000 fe:00 99 /lib.so",
                    "Anonymous:             0 kB",
                    "7f0000400000-7f0000600000 r-xp 00001000 fe:00 99 /lib.so",
                    "Anonymous:             0 kB")))
        .containsExactly(new Mapping(0x7f0000400000L, 2 << 20));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatWasReadIsLetGoAndIsThereStill(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("read");
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
