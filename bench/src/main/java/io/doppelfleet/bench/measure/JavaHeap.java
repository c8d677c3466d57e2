package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * The heap of another virtual machine of this user's, by jcmd. Of another: it stands still while it
 * is counted, and couldn't read what is said of it.
 */
public record JavaHeap(long pid) {
  /** The last line of a histogram: objects and bytes of all classes. */
  private static final Pattern LIVE = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

  /** What a collection didn't trouble to close up is counted too: dead, under these names. */
  private static final Pattern FILLER =
      Pattern.compile(":\\s+\\d+\\s+(\\d+)\\s+\\[?L?jdk\\.internal\\.vm\\.Filler");

  /** Of the serial collector's two generations, as JDK 25 names them. */
  private static final Pattern HELD = Pattern.compile("(?:DefNew|Tenured) +total (\\d+)K");

  /** What a full collection leaves, bytes. It changes the process: resident memory first. */
  public long liveBytes() throws IOException {
    String histogram = jcmd("GC.class_histogram");
    return numbers(LIVE, histogram)
            .findFirst()
            .orElseThrow(() -> new IOException("jcmd can't count the heap: " + histogram))
        - numbers(FILLER, histogram).sum();
  }

  /** What the process holds for its heap, used or not, bytes. */
  public long heldBytes() throws IOException {
    String told = jcmd("GC.heap_info");
    long[] generations = numbers(HELD, told).toArray();
    if (generations.length != 2) {
      throw new IOException("jcmd tells of no serial collector's heap: " + told);
    }
    return (generations[0] + generations[1]) * 1024;
  }

  /** Has what nobody refers to collected. */
  public void collect() throws IOException {
    String said = jcmd("GC.run");
    if (!said.contains("Command executed successfully")) {
      throw new IOException("jcmd can't collect the garbage: " + said);
    }
  }

  private static LongStream numbers(Pattern row, String text) {
    Matcher rows = row.matcher(text);
    return rows.results().mapToLong(found -> Long.parseLong(found.group(1)));
  }

  private String jcmd(String command) throws IOException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process asking =
        new ProcessBuilder(jcmd.toString(), Long.toString(pid), command)
            .redirectErrorStream(true)
            .start();
    return new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
