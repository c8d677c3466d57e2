package io.doppelfleet.bench.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a log tells of faults of ours. */
final class Faults {
  private Faults() {}

  /** The lines of errors and of Netty's about forgotten buffers. */
  static List<String> in(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> line.contains("ERROR") || line.contains("LEAK")).toList();
    }
  }
}
