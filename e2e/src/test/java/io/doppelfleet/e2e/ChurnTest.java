package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.Visit.HELLOS;
import static io.doppelfleet.e2e.Visit.opening;
import static io.doppelfleet.e2e.Visit.spliced;
import static io.doppelfleet.e2e.Visit.welcomed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hundred thousand connections come and end, in every way that there is, and leave nothing. */
@Tag("crowd")
@Timeout(300)
final class ChurnTest {
  /** On channels fewer: what each may leave is as little there. */
  private static final int COUNTED = ProcessNode.CHANNELS ? 40_000 : 100_000;

  /** Until then the node loads classes, compiles, and fills its pool and its queues. */
  private static final int WARM_UP = 30_000;

  private static final int AT_ONCE = 200;

  /** A chunk of the pool's; how many it has depends on how connections happen to meet. */
  private static final int CHUNK = 256 * 1024;

  /** Of resident memory, which was seen to go up and down by 5 % as the virtual machine likes. */
  private static final double TOLERANCE = 0.1;

  /** One buffer in a hundred is watched, and if it is lost the log says so. */
  private static final String LEAK_DETECTION = "-Dio.netty.leakDetection.level=simple";

  private static final Duration SOON = Duration.ofSeconds(30);

  /** Of data centres: one that echoes, one that closes after what came first, one that resets. */
  private static final int ECHOING = 2;

  private static final int CLOSING = 3;
  private static final int RESETTING = 4;

  /** Bytes that a client says: enough that they don't wait for more. */
  private static final int SAID = 32;

  /** And as they come back, with a record's header. */
  private static final int HEARD = 5 + SAID;

  private static final List<Visit> WAYS =
      List.of(
          new Visit("the client closes", ChurnTest::echoed),
          new Visit("the client resets", socket -> echoed(socket).reset()),
          new Visit(
              "the client half-closes",
              socket -> {
                echoed(socket).halfClose();
                socket.readToEnd();
              }),
          new Visit(
              "the data centre closes",
              socket -> welcomed(socket, opening(CLOSING, SAID)).readToEnd()),
          new Visit(
              "the data centre resets",
              socket -> welcomed(socket, opening(RESETTING, SAID)).readToEnd()),
          new Visit(
              "amid the hello", socket -> socket.send(Arrays.copyOf(HELLOS.build().bytes(), 300))),
          new Visit("a stranger", socket -> spliced(socket, new byte[100])),
          new Visit(
              "a wrong digest",
              socket -> spliced(socket, HELLOS.withWrongDigest().build().bytes())));

  /** Bytes that there were if each connection of one way left the smallest object that there is. */
  private static final long LEFT = COUNTED / WAYS.size() * 16L;

  @TempDir Path directory;

  private static RawSocket echoed(RawSocket socket) throws IOException {
    welcomed(socket, opening(ECHOING, SAID));
    assertThat(socket.read(HEARD)).hasSize(HEARD);
    return socket;
  }

  @Test
  void aHundredThousandConnectionsLeaveNothing() throws Exception {
    try (EchoDatacenter echoing = EchoDatacenter.start();
        Ending closing = Ending.start(false);
        Ending resetting = Ending.start(true);
        AlertingCover cover = AlertingCover.start();
        ProcessNode node =
            ProcessNode.start(
                directory,
                cover.port(),
                SECRET,
                Map.of(
                    ECHOING, echoing.address(),
                    CLOSING, closing.address(),
                    RESETTING, resetting.address()),
                List.of("env", ProcessNode.JAVA_OPTIONS + " " + LEAK_DETECTION))) {
      churn(node, WARM_UP);
      Held before = Held.by(node);
      long begin = System.nanoTime();
      churn(node, COUNTED);
      double seconds = (System.nanoTime() - begin) / 1e9;
      Held after = Held.by(node);
      for (int more = 0; more < 2 && after.heap >= before.heap + LEFT; more++) {
        before = after; // what is made once may be made late, but what is left grows each time
        churn(node, COUNTED);
        after = Held.by(node);
      }
      System.out.printf(
          "%d connections in %.1f s%nbefore: %s%nafter: %s%n", COUNTED, seconds, before, after);
      assertThat(after.descriptors).isLessThanOrEqualTo(before.descriptors);
      assertThat(after.waiting).isZero();
      assertThat(after.heap).isLessThan(before.heap + LEFT);
      assertThat(after.buffers).isLessThanOrEqualTo(before.buffers + 2 * CHUNK);
      long most = (long) (before.resident * (1 + TOLERANCE));
      await().atMost(SOON).untilAsserted(() -> assertThat(node.residentBytes()).isLessThan(most));
      assertThat(node.stop()).isZero();
      assertThat(node.log()).doesNotContain("ERROR").doesNotContain("LEAK");
    }
  }

  private static void churn(ProcessNode node, int count) throws Exception {
    List<Future<?>> guests = new ArrayList<>();
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < AT_ONCE; i++) {
        int first = i;
        guests.add(
            pool.submit(
                () -> {
                  for (int visit = 0; visit < count / AT_ONCE; visit++) {
                    WAYS.get((first + visit) % WAYS.size()).make(node.address());
                  }
                  return null;
                }));
      }
    }
    for (Future<?> guest : guests) {
      guest.get();
    }
    await().atMost(SOON).until(() -> node.sum("doppelfleet_connections") == 0);
  }

  /**
   * What a node has, bytes but for the first.
   *
   * @param descriptors open files
   * @param heap what is referred to
   * @param buffers the pool's chunks
   * @param waiting for readers
   * @param resident memory, after a collection
   */
  private record Held(long descriptors, long heap, double buffers, double waiting, long resident) {
    static Held by(ProcessNode node) throws IOException {
      long heap = node.heap().liveBytes();
      return new Held(
          node.descriptors(),
          heap,
          node.metric("doppelfleet_buffers_bytes"),
          node.sum("doppelfleet_waiting_bytes"),
          node.residentBytes());
    }
  }

  /**
   * A data centre that ends each connection once something was said.
   *
   * @param resets whether by a reset
   */
  private record Ending(ServerSocket listener, boolean resets) implements AutoCloseable {
    static Ending start(boolean resets) throws IOException {
      Ending ending =
          new Ending(new ServerSocket(0, 1024, InetAddress.getLoopbackAddress()), resets);
      Thread.ofVirtual().start(ending::accept);
      return ending;
    }

    InetSocketAddress address() {
      return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    private void accept() {
      try {
        while (true) {
          Socket socket = listener.accept();
          Thread.ofVirtual().start(() -> end(socket));
        }
      } catch (IOException e) {
        // closed
      }
    }

    private void end(Socket socket) {
      try (socket) {
        socket.getInputStream().readNBytes(Obfuscated2.HEADER_LENGTH + SAID);
        if (resets) {
          socket.setSoLinger(true, 0);
        }
      } catch (IOException e) {
        // The node went first.
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
