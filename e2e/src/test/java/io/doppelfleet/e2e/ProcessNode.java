package io.doppelfleet.e2e;

import io.doppelfleet.fleet.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A node as the operator starts it: the launcher script, a configuration file, a process. */
final class ProcessNode implements AutoCloseable {
  private final Process process;
  private final InetSocketAddress address;
  private final Path log;

  private ProcessNode(Process process, InetSocketAddress address, Path log) {
    this.process = process;
    this.address = address;
    this.log = log;
  }

  static ProcessNode start(Path directory, Secret secret, InetSocketAddress datacenter)
      throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path file = directory.resolve("node.yaml");
    Files.writeString(
        file,
        """
        proxy:
          listen: ["127.0.0.1:%d"]
          cover: {host: 127.0.0.1, port: 9}
          datacenters: {"2": ["127.0.0.1:%d"]}
        secrets: {alice: "%s"}
        state: %s
        """
            .formatted(port, datacenter.getPort(), secret.toHex(), directory));
    Path log = directory.resolve("log");
    Process process =
        new ProcessBuilder("../doppelfleet", "run", "--config", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    ProcessNode node =
        new ProcessNode(
            process, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), log);
    node.awaitListening();
    return node;
  }

  private void awaitListening() throws IOException, InterruptedException {
    for (int attempt = 0; attempt < 200; attempt++) {
      try (Socket probe = new Socket()) {
        probe.connect(address);
        return;
      } catch (IOException e) {
        if (!process.isAlive()) {
          throw new IOException("the node ended: " + log(), e);
        }
        Thread.sleep(50);
      }
    }
    throw new IOException("the node doesn't listen: " + log());
  }

  InetSocketAddress address() {
    return address;
  }

  long pid() {
    return process.pid();
  }

  String log() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  /** Memory that the process holds, bytes. */
  long residentBytes() throws IOException {
    String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
    return status
            .lines()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow()
        * 1024;
  }

  /** Open files of the process. */
  long descriptors() throws IOException {
    try (var files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      return files.count();
    }
  }

  /** Sends SIGTERM and says how it ended. */
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return process.waitFor();
  }

  /** Ends it as the kernel would, without a word (SIGKILL). */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
