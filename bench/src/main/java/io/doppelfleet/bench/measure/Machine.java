package io.doppelfleet.bench.measure;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the figures were measured on.
 *
 * @param processor its model
 * @param processors how many threads of it
 * @param kernel release
 * @param java version of the virtual machine, the node's and the load's
 */
record Machine(String processor, int processors, String kernel, String java) {

  static Machine here() {
    return new Machine(
        processorModel(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.version"),
        Runtime.version().toString());
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
    return processors + " x " + processor + ", Linux " + kernel + ", Java " + java;
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("processor", processor)
        .put("processors", processors)
        .put("kernel", kernel)
        .put("java", java);
  }
}
