package io.doppelfleet.bench.measure;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A node as an operator starts it, which serves clients. */
public final class NodeProcess implements AutoCloseable {
  private static final Duration START_AT_MOST = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(5);

  private final Children children;
  private final Process process;
  private final Path log;
  private Duration start = Duration.ZERO;

  private NodeProcess(Children children, Process process, Path log) {
    this.children = children;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it and waits until it answers a client.
   *
   * @param command with its arguments
   * @param log takes what it says
   * @param address where it is told to listen
   * @param secret of a client
   */
  public static NodeProcess start(
      Children children, List<String> command, Path log, InetSocketAddress address, Secret secret)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Process process =
        children.startGuarded(
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()));
    NodeProcess node = new NodeProcess(children, process, log);
    try {
      node.awaitAnswer(address, secret, begin);
    } catch (IOException e) {
      node.close();
      throw new IOException(e.getMessage() + "; it said:\n" + Files.readString(log), e);
    }
    node.start = Duration.ofNanos(System.nanoTime() - begin);
    return node;
  }

  private void awaitAnswer(InetSocketAddress address, Secret secret, long begin)
      throws IOException, InterruptedException {
    while (System.nanoTime() - begin < START_AT_MOST.toNanos()) {
      if (!process.isAlive()) {
        throw new IOException("the node ended with status " + process.exitValue());
      }
      try (FakeTlsClient client = FakeTlsClient.connect(address)) {
        ClientHello hello = Hellos.hybrid(secret).build();
        client.raw().send(hello.bytes());
        client.readFlight(hello);
        return;
      } catch (IOException | BrokenRuleException e) {
        // Refused; or ended by a Vert.x that has bound its port and has no loop to give it to yet;
        // or answered by the cover of a node that is not all there.
        Thread.sleep(POLL);
      }
    }
    throw new IOException("the node serves no client after " + START_AT_MOST);
  }

  /** From the start of the process to the first answer to a client. */
  public Duration startTime() {
    return start;
  }

  /** Its number. */
  public long pid() {
    return process.pid();
  }

  /** What it said so far. */
  public Path log() {
    return log;
  }

  /** Ends it as the kernel does that is out of memory. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    children.stop(process);
  }
}
