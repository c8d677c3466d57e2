package io.doppelfleet.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which epoll instance of this process watches which of its sockets, as the kernel has it. */
final class WatchedSockets {
  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final Path SAID = Path.of("/proc/self/fdinfo");

  /** The descriptor that a line of an epoll instance's fdinfo is about, see proc(5). */
  private static final Pattern WATCHED = Pattern.compile("tfd: +(\\d+) .*");

  private WatchedSockets() {}

  /** The epoll instances that watch a socket. Each event loop has one. */
  static List<String> watchers(long inode) throws IOException {
    List<String> sockets = descriptors("socket:[" + inode + "]");
    List<String> watchers = new ArrayList<>();
    for (String epoll : descriptors("anon_inode:[eventpoll]")) {
      if (watchedBy(epoll).stream().anyMatch(sockets::contains)) {
        watchers.add(epoll);
      }
    }
    return watchers;
  }

  private static Set<String> watchedBy(String epoll) throws IOException {
    try (Stream<String> lines = Files.lines(SAID.resolve(epoll))) {
      return lines
          .map(WATCHED::matcher)
          .filter(Matcher::matches)
          .map(watched -> watched.group(1))
          .collect(Collectors.toSet());
    }
  }

  private static List<String> descriptors(String target) throws IOException {
    try (Stream<Path> open = Files.list(OPEN)) {
      return open.filter(each -> target.equals(target(each)))
          .map(each -> each.getFileName().toString())
          .toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }
}
