package io.doppelfleet.fleet.beside;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds what is dear to have. It stands beside the class path, in a directory that only a process
 * that needs it opens: whatever is on the class path costs each process memory, for any search
 * there opens all of it.
 */
public final class Beside {
  private Beside() {}

  /**
   * The one implementation that is there. Jars stand in {@code lib}, and these in a directory of
   * it.
   *
   * @param service what it implements
   * @param directory the directory's name
   * @throws IOException where it is not, for the build is not whole
   */
  public static <T> T load(Class<T> service, String directory) throws IOException {
    Path beside = besideClassPath(directory);
    try {
      return ServiceLoader.load(service, loader(beside))
          .findFirst()
          .orElseThrow(() -> notWhole(beside, service, null));
    } catch (ServiceConfigurationError | LinkageError e) {
      throw notWhole(beside, service, e);
    }
  }

  private static IOException notWhole(Path beside, Class<?> service, @Nullable Throwable why) {
    return new IOException(
        beside + " has no " + service.getSimpleName() + ": build all of Doppelfleet anew", why);
  }

  private static Path besideClassPath(String directory) throws IOException {
    try {
      URL own = Beside.class.getProtectionDomain().getCodeSource().getLocation();
      return Path.of(own.toURI()).resolveSibling(directory);
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static ClassLoader loader(Path directory) throws IOException {
    ClassLoader own = Beside.class.getClassLoader();
    if (!Files.isDirectory(directory)) {
      return own; // as in tests, which have all on their class path
    }
    List<URL> jars = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path jar : files.filter(each -> each.toString().endsWith(".jar")).sorted().toList()) {
        jars.add(url(jar));
      }
    }
    String name = String.valueOf(directory.getFileName());
    return new URLClassLoader(name, jars.toArray(URL[]::new), own);
  }

  private static URL url(Path jar) throws IOException {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IOException(e);
    }
  }
}
