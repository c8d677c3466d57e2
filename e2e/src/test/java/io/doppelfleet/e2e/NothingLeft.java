package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.proxy.leg.Buffers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Watches every test of this module: after each the node's pool lends no more than before it, after
 * each class as few sockets are open as before it and nothing was lost that Netty keeps count of.
 */
public final class NothingLeft
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final ExtensionContext.Namespace OWN =
      ExtensionContext.Namespace.create(NothingLeft.class);
  private static final Duration SOON = Duration.ofSeconds(5);

  static {
    LostBuffers.watch();
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    firstSockets();
    context.getStore(OWN).put("sockets", sockets().size());
  }

  /** The JDK opens some for itself with the first of ours. */
  private static void firstSockets() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
      server.accept().close();
      client.shutdownOutput();
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(OWN).put("lent", lent());
  }

  /** A test that failed may have left its node open, which is not another fault. */
  @Override
  public void afterEach(ExtensionContext context) {
    long before = context.getStore(OWN).getOrDefault("lent", Long.class, 0L);
    if (context.getExecutionException().isEmpty()) {
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(lent())
                      .describedAs(
                          "bytes of the node's pool that are held after %s",
                          context.getDisplayName())
                      .isLessThanOrEqualTo(before));
    }
  }

  /** What buffers take that somebody has, without those that a thread keeps for its next. */
  private static long lent() {
    return Buffers.POOLED.pinnedDirectMemory();
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    int before = context.getStore(OWN).getOrDefault("sockets", Integer.class, 0);
    List<String> lost = LostBuffers.take();
    assertThat(lost).describedAs("lost in %s or before it", context.getDisplayName()).isEmpty();
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              List<String> open = sockets();
              assertThat(open)
                  .describedAs(
                      () ->
                          "sockets that are open after %s; the kernel's tables have of them:\n%s"
                              .formatted(context.getDisplayName(), known(open)))
                  .hasSizeLessThanOrEqualTo(before);
            });
  }

  /** The inodes of this process's sockets. */
  private static List<String> sockets() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.flatMap(NothingLeft::target)
          .filter(to -> to.startsWith("socket:["))
          .map(to -> to.substring("socket:[".length(), to.length() - 1))
          .toList();
    }
  }

  private static Stream<String> target(Path descriptor) {
    try {
      return Stream.of(Files.readSymbolicLink(descriptor).toString());
    } catch (IOException e) {
      return Stream.empty(); // closed meanwhile
    }
  }

  /** One that is in no table was never bound nor connected, or was so and has ended. */
  private static String known(List<String> inodes) {
    return Stream.of("tcp", "tcp6", "udp", "udp6", "unix")
        .flatMap(
            table -> lines(Path.of("/proc/net", table)).map(line -> table + " " + line.strip()))
        .filter(line -> inodes.stream().anyMatch(inode -> line.contains(" " + inode + " ")))
        .collect(Collectors.joining("\n"));
  }

  private static Stream<String> lines(Path table) {
    try {
      return Files.readAllLines(table).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
