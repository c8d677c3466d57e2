package io.doppelfleet.proxy.dial;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.TestLoop;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A dialler, and addresses for it: of those who answer, who refuse, and who say nothing. */
final class TestDials implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  final TestLoop test;
  final EventLoop loop;
  final Dialler dialler;
  private final List<AutoCloseable> toClose = new ArrayList<>();

  /** On what legs of its loop need. */
  TestDials(TestLoop.Pump pump) throws Exception {
    test = new TestLoop(pump);
    loop = test.loop();
    dialler = new Dialler(test.legs(), test::channel);
  }

  @Override
  public void close() throws Exception {
    test.close();
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  /** A leg to the first of them that connects. */
  Leg dial(List<InetSocketAddress> addresses) throws Exception {
    return await(
        loop.submit(() -> dialler.dial(addresses, TIMEOUT, LegHandler.NOBODY)).get().result());
  }

  static <T> T await(Future<T> result) throws Exception {
    return result.toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
  }

  ServerSocket listen(int backlog) throws IOException {
    ServerSocket server = new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
    toClose.add(server);
    return server;
  }

  /** The far end of what was dialled; closed at the end. */
  Socket accept(ServerSocket listener) throws IOException {
    Socket far = listener.accept();
    toClose.add(far);
    return far;
  }

  static InetSocketAddress at(ServerSocket server) {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** Nobody listens there. */
  static InetSocketAddress refusing() throws IOException {
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return at(gone);
    }
  }

  /** A listener's whose backlog is full: it answers no SYN. */
  InetSocketAddress silent() throws IOException {
    ServerSocket full = listen(1);
    try {
      while (true) {
        Socket queued = new Socket();
        toClose.add(queued);
        queued.connect(at(full), 300);
      }
    } catch (SocketTimeoutException e) {
      return at(full);
    }
  }

  /** Whether a connection to there is waited for: SYN_SENT in proc_net_tcp's words. */
  static boolean isAsked(InetSocketAddress there) throws IOException {
    String waits = ":%04X 02 ".formatted(there.getPort());
    return Stream.of("/proc/self/net/tcp", "/proc/self/net/tcp6")
        .map(Path::of)
        .filter(Files::exists)
        .anyMatch(lineWith(waits));
  }

  private static Predicate<Path> lineWith(String what) {
    return file -> {
      try {
        return Files.readString(file).contains(what);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
