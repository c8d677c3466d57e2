package io.doppelfleet.bench.measure;

import com.sun.management.OperatingSystemMXBean;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the figures were measured on.
 *
 * @param processor its model
 * @param processors how many threads of it
 * @param memoryBytes that processes may use
 * @param kernel release
 * @param java version of the virtual machine, the node's and the load's
 */
record Machine(String processor, int processors, long memoryBytes, String kernel, String java) {
  private static final double GB = 1e9;

  static Machine here() {
    return new Machine(
        processorModel(),
        Runtime.getRuntime().availableProcessors(),
        memory(),
        System.getProperty("os.version"),
        Runtime.version().toString());
  }

  private static long memory() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  private static String processorModel() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      // Some architectures' kernels name none, and a sandbox may hide the file.
    }
    return System.getProperty("os.arch");
  }

  String sentence() {
    return "%d x %s, %.0f GB, Linux %s, Java %s"
        .formatted(processors, processor, memoryBytes / GB, kernel, java);
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("processor", processor)
        .put("processors", processors)
        .put("memoryBytes", memoryBytes)
        .put("kernel", kernel)
        .put("java", java);
  }
}
