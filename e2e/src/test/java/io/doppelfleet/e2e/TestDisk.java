package io.doppelfleet.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A small file system of a test's own, which may be full or read-only. Only root may have one. */
record TestDisk(Path path) implements AutoCloseable {
  private static final int MEBIBYTES = 8;

  /** Mounts it; the test is left out where that isn't allowed. */
  static TestDisk mount(Path path) throws IOException, InterruptedException {
    Files.createDirectories(path);
    try {
      run("mount", "-t", "tmpfs", "-o", "size=" + MEBIBYTES + "m", "test", path.toString());
    } catch (IOException e) {
      Assumptions.abort("this machine mounts no file system: " + e.getMessage());
    }
    return new TestDisk(path);
  }

  private Path filler() {
    return path.resolve("filler");
  }

  /** Nothing more fits. */
  void fill() throws IOException {
    try (OutputStream out = Files.newOutputStream(filler())) {
      for (int i = 0; i <= MEBIBYTES; i++) {
        out.write(new byte[1 << 20]);
      }
      throw new IOException(path + " took more than it has");
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space left")) {
        throw e;
      }
    }
  }

  void makeRoom() throws IOException {
    Files.delete(filler());
  }

  /** What is open there for writing must have been closed. */
  void readOnly() throws IOException, InterruptedException {
    run("mount", "-o", "remount,ro", path.toString());
  }

  void writable() throws IOException, InterruptedException {
    run("mount", "-o", "remount,rw", path.toString());
  }

  private static void run(String... words) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(words));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", line) + ": " + said.strip());
    }
  }

  /** Whoever has a file of it open goes on until it is closed. */
  @Override
  public void close() throws IOException, InterruptedException {
    run("umount", "--lazy", path.toString());
  }
}
