package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Of which server it is said that it is silent; the test stands between. */
@Timeout(30)
final class ListeningTest {
  private final List<Socket> open = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (Socket each : open) {
      each.close();
    }
  }

  @Test
  void oneThatIsAskedOnceMoreWhileTheControlStopsIsNot() throws Exception {
    String url = PostgresServer.shared().newDatabase();
    URI server = URI.create(url.substring("jdbc:".length()));
    CountDownLatch begun = new CountDownLatch(1);
    List<SQLException> silent = new ArrayList<>();
    try (ServerSocket between = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl(url.replace(":" + server.getPort(), ":" + between.getLocalPort()));
      Listening listening =
          Listening.begin(new Server(pool), begun::countDown, said -> {}, silent::add);
      Socket first = relayed(between.accept(), server);
      begun.await();
      first.setSoLinger(true, 0);
      first.close(); // with a reset: it wasn't the server that said so
      open.add(between.accept()); // it is asked anew, and hears nothing
      listening.close();
    }
    assertThat(silent).isEmpty();
  }

  private Socket relayed(Socket near, URI server) throws IOException {
    Socket far = new Socket(server.getHost(), server.getPort());
    open.addAll(List.of(near, far));
    relay(near, far);
    relay(far, near);
    return near;
  }

  private static void relay(Socket from, Socket to) {
    Thread.startVirtualThread(
        () -> {
          try {
            from.getInputStream().transferTo(to.getOutputStream());
          } catch (IOException e) {
            // One of them is over.
          }
        });
  }
}
