package io.doppelfleet.fleet.cluster;

import io.vertx.core.spi.cluster.ClusterManager;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * How members know of each other. What does it is dear to have and stands beside the class path, in
 * a directory that only a process in a cluster opens: whatever is on the class path costs each
 * process memory, for any search there opens all of it.
 */
public interface Membership {
  /**
   * One that has not joined yet.
   *
   * @param fleet 1..64 letters and digits; members of other fleets are refused
   */
  ClusterManager manager(ClusterOptions options, String fleet);

  /**
   * The one that is there.
   *
   * @throws IOException where it is not, for the build is not whole
   */
  static Membership load() throws IOException {
    Path beside = besideClassPath();
    return ServiceLoader.load(Membership.class, loader(beside))
        .findFirst()
        .orElseThrow(
            () ->
                new IOException(
                    beside + " has nothing that makes a cluster: build all of Doppelfleet anew"));
  }

  /** Jars stand in {@code lib}, and what they need for a cluster in {@code lib/cluster}. */
  private static Path besideClassPath() throws IOException {
    try {
      URL own = Membership.class.getProtectionDomain().getCodeSource().getLocation();
      return Path.of(own.toURI()).resolveSibling("cluster");
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static ClassLoader loader(Path directory) throws IOException {
    ClassLoader own = Membership.class.getClassLoader();
    if (!Files.isDirectory(directory)) {
      return own; // as in tests, which have all on their class path
    }
    List<URL> jars = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path jar : files.filter(each -> each.toString().endsWith(".jar")).sorted().toList()) {
        jars.add(url(jar));
      }
    }
    return new URLClassLoader("cluster", jars.toArray(URL[]::new), own);
  }

  private static URL url(Path jar) throws IOException {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IOException(e);
    }
  }
}
