package io.doppelfleet.proxy.listen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What control groups leave the process of memory: its own one, which is a container's or a unit's,
 * and those around it; see cgroups(7), of either version. Buffers of sockets count there too, and
 * where nothing is left the kernel ends the process, whatever the machine has.
 */
final class GroupMemory {
  /** See proc_pid_mountinfo(5): what of the tree is there, where, of which kind, with what. */
  private static final Pattern MOUNT =
      Pattern.compile("(?m)^\\S+ \\S+ \\S+ (\\S+) (\\S+) .*- (cgroup2?) \\S+ (\\S+)$");

  /** What version 1 has where there is none is a few pages less than all there are. */
  private static final long NO_BOUND = 1L << 60;

  private static final String STAT = "memory.stat";

  private final List<Group> groups;

  private GroupMemory(List<Group> groups) {
    this.groups = groups;
  }

  /** How the two versions say it. */
  private enum Version {
    /** Has swap in bounds of its own, which aren't looked at: what it could give is left out. */
    ONE(
        "(?m)^\\d+:(?:\\S+,)?memory(?:,\\S+)?:(/.*)$",
        "memory.usage_in_bytes",
        "total_inactive_file"),
    TWO("(?m)^0::(/.*)$", "memory.current", "inactive_file");

    private final Pattern own;
    private final String used;
    private final Pattern givenBack;

    Version(String own, String used, String givenBack) {
      this.own = Pattern.compile(own);
      this.used = used;
      this.givenBack = Pattern.compile("(?m)^" + givenBack + " (\\d+)$");
    }

    /** At "high" the process is not ended, but held up. */
    private List<String> bounds() {
      return switch (this) {
        case ONE -> List.of("memory.limit_in_bytes");
        case TWO -> List.of("memory.max", "memory.high");
      };
    }

    private Stream<String> files() {
      return Stream.concat(
          bounds().stream(), Stream.of(used, STAT, "memory.swap.max", "memory.swap.current"));
    }

    private static @Nullable Version of(String kind, String options) {
      return kind.equals("cgroup2")
          ? TWO
          : List.of(options.split(",")).contains("memory") ? ONE : null;
    }
  }

  /**
   * Of the process that asks, which stays where it is, by the files that are there now.
   *
   * @param root of the file system
   */
  static GroupMemory of(Path root) {
    try {
      String own = Files.readString(root.resolve("proc/self/cgroup"));
      String mounts = Files.readString(root.resolve("proc/self/mountinfo"));
      return new GroupMemory(
          MOUNT.matcher(mounts).results().flatMap(mount -> groups(root, mount, own)).toList());
    } catch (IOException noLinux) {
      return new GroupMemory(List.of());
    }
  }

  private static Stream<Group> groups(Path root, MatchResult mount, String own) {
    Version version = Version.of(mount.group(3), mount.group(4));
    if (version == null) {
      return Stream.empty();
    }
    Matcher found = version.own.matcher(own);
    if (!found.find()) {
      return Stream.empty();
    }
    Path seen = Path.of(mount.group(1));
    Path group = Path.of(found.group(1));
    Path top = root.resolve(mount.group(2).substring(1));
    // A container may see no more than its own group, as if that were the whole tree.
    Path inner = group.startsWith(seen) ? top.resolve(seen.relativize(group).toString()) : top;
    List<Group> all = new ArrayList<>();
    for (Path each = inner; each != null && each.startsWith(top); each = each.getParent()) {
      all.add(Group.in(each, version));
    }
    return all.stream().filter(Group::mayHaveBound);
  }

  /**
   * Of each that has a bound.
   *
   * @param swap what the machine could swap out, bytes
   */
  Stream<MemoryLeft.Left> left(long swap) {
    return groups.stream().flatMap(group -> group.left(swap));
  }

  /**
   * One.
   *
   * @param files those that it has, by their names: the outermost has none, and not each has swap
   */
  private record Group(Version version, Map<String, Path> files) {
    private static Group in(Path directory, Version version) {
      return new Group(
          version,
          version
              .files()
              .filter(file -> Files.isReadable(directory.resolve(file)))
              .collect(Collectors.toMap(Function.identity(), directory::resolve)));
    }

    private boolean mayHaveBound() {
      return version.bounds().stream().anyMatch(files::containsKey);
    }

    private Stream<MemoryLeft.Left> left(long swap) {
      long bound = Long.MAX_VALUE;
      for (String each : version.bounds()) {
        bound = Math.min(bound, number(each, Long.MAX_VALUE));
      }
      if (bound >= NO_BOUND) {
        return Stream.empty();
      }
      long used = number(version.used, 0);
      long left = bound - used + Math.min(givenBack(), used) + swapped(swap);
      return Stream.of(new MemoryLeft.Left(left, bound));
    }

    /** What of files was read long ago: the kernel takes it back before it ends anybody. */
    private long givenBack() {
      Matcher found = version.givenBack.matcher(read(STAT));
      return found.find() ? Long.parseLong(found.group(1)) : 0;
    }

    private long swapped(long swap) {
      return version == Version.ONE
          ? 0
          : Math.clamp(
              number("memory.swap.max", Long.MAX_VALUE) - number("memory.swap.current", 0),
              0,
              swap);
    }

    /** A file's, which is no number ("max") where there is no bound, and may not be there. */
    private long number(String file, long otherwise) {
      String text = read(file).strip();
      return text.isEmpty() || text.equals("max") ? otherwise : Long.parseLong(text);
    }

    private String read(String file) {
      Path path = files.get(file);
      try {
        return path == null ? "" : Files.readString(path);
      } catch (IOException isThereNoMore) {
        return "";
      }
    }
  }
}
