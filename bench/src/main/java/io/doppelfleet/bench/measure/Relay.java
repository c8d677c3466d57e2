package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The yardstick in a process of its own, with the flags of the virtual machine that a running node
 * has: they are read from it, so that they are the same whatever the launcher gives.
 */
final class Relay implements AutoCloseable {
  private static final List<Integer> READ_KILOBYTES = List.of(16, 64, 256);
  private static final String ARENAS = "MALLOC_ARENA_MAX=";

  private final StandIn process;
  private final List<Subject> subjects;

  private Relay(StandIn process, List<Subject> subjects) {
    this.process = process;
    this.subjects = subjects;
  }

  static Relay start(Children children, Class<?> program, Surroundings around, ProcessCosts node)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("relay", around.datacenter()));
    READ_KILOBYTES.forEach(size -> command.add(Integer.toString(size)));
    StandIn process =
        StandIn.start(
            children,
            program,
            flags(node.pid()),
            arenas(node.pid()),
            command.toArray(new String[0]));
    String[] addresses = process.address().split(" ", -1);
    List<Subject> subjects = new ArrayList<>();
    for (int i = 0; i < READ_KILOBYTES.size(); i++) {
      int port = Integer.parseInt(addresses[i].substring(addresses[i].lastIndexOf(':') + 1));
      subjects.add(
          new Subject(
              Results.RELAY + READ_KILOBYTES.get(i) + " KB",
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              process.costs(),
              new Secrets(List.of()),
              false));
    }
    return new Relay(process, List.copyOf(subjects));
  }

  /**
   * Between the program and its class or jar; an archive of the node's classes is not the relay's.
   */
  private static List<String> flags(long pid) throws IOException {
    String[] line = Files.readString(proc(pid, "cmdline"), StandardCharsets.UTF_8).split("\0", -1);
    List<String> flags = new ArrayList<>();
    for (int i = 1; i < line.length && line[i].startsWith("-"); i++) {
      if (line[i].equals("-jar") || line[i].equals("-cp")) {
        break;
      }
      if (!line[i].matches("-XX:(AOT|SharedArchive).*")) {
        flags.add(line[i]);
      }
    }
    return flags;
  }

  private static String arenas(long pid) throws IOException {
    String all = Files.readString(proc(pid, "environ"), StandardCharsets.UTF_8);
    for (String variable : all.split("\0", -1)) {
      if (variable.startsWith(ARENAS)) {
        return variable.substring(ARENAS.length());
      }
    }
    return "";
  }

  private static Path proc(long pid, String name) {
    return Path.of("/proc", Long.toString(pid), name);
  }

  /** One for each size of reads, all of one process and one event loop. */
  List<Subject> subjects() {
    return subjects;
  }

  /** The one whose reads are neither the shortest nor the longest. */
  Subject medium() {
    return subjects.get(READ_KILOBYTES.size() / 2);
  }

  @Override
  public void close() {
    process.close();
  }
}
