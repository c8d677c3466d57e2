package io.doppelfleet.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The kernel's list of TCP connections. One that a node forgot is there still, whatever the node's
 * own books say.
 *
 * @param local the port at this end
 * @param remote the port at the other end
 * @param state as the kernel numbers them
 * @param inode of the socket; 0 where no process holds it, or not yet
 */
record TcpTable(int local, int remote, int state, long inode) {
  private static final List<Path> FILES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

  private static final Pattern BLANKS = Pattern.compile(" +");
  private static final int LISTEN = 10;

  /** As its column has it: no process holds these, and after some tests there are very many. */
  private static final String TIME_WAIT = " 06 ";

  /**
   * Connections that were accepted on this port and are not closed. One to another server may come
   * from a port of this number, which a client on another address of the loopback was given.
   */
  static long acceptedAt(int port) throws IOException {
    List<TcpTable> all = all().toList();
    Set<Integer> listening = listening(all);
    return all.stream()
        .filter(each -> each.isHeld() && each.local == port && !listening.contains(each.remote))
        .count();
  }

  /** Connections to this port that are under way or open; not those that came from such a port. */
  static long dialledTo(int port) throws IOException {
    List<TcpTable> all = all().toList();
    Set<Integer> listening = listening(all);
    return all.stream()
        .filter(each -> each.isHeld() && each.remote == port && !listening.contains(each.local))
        .count();
  }

  /** All that this port is an end of: what else there is where a number is wrong. */
  static List<TcpTable> of(int port) {
    try {
      return all().filter(each -> each.local == port || each.remote == port).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<Integer> listening(List<TcpTable> all) {
    return all.stream()
        .filter(each -> each.state == LISTEN)
        .map(TcpTable::local)
        .collect(Collectors.toSet());
  }

  /** The inode of the socket that has this port and speaks with that one. */
  static long inode(int local, int remote) throws IOException {
    return all()
        .filter(each -> each.isHeld() && each.local == local && each.remote == remote)
        .findFirst()
        .orElseThrow(() -> new IOException("no connection from " + local + " to " + remote))
        .inode;
  }

  private static Stream<TcpTable> all() throws IOException {
    Stream<TcpTable> all = Stream.empty();
    for (Path file : FILES) {
      List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
      Stream<TcpTable> entries =
          lines.stream().skip(1).filter(line -> !line.contains(TIME_WAIT)).map(TcpTable::entry);
      all = Stream.concat(all, entries);
    }
    return all.distinct(); // a table that changes while it is read shows some of it several times
  }

  private boolean isHeld() {
    return inode != 0 && state != LISTEN;
  }

  private static TcpTable entry(String line) {
    List<String> fields = BLANKS.splitAsStream(line.strip()).toList();
    return new TcpTable(
        port(fields.get(1)),
        port(fields.get(2)),
        Integer.parseInt(fields.get(3), 16),
        Long.parseLong(fields.get(9)));
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
  }
}
