package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** Whose connections are whose, though ports of one number are on several loopback addresses. */
final class TcpTableTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

  @Test
  void aClientThatHasTheServersPortOnAnotherAddressIsNotTheServers() throws Exception {
    try (ServerSocket ours = new ServerSocket(0, 1, HERE);
        ServerSocket another = new ServerSocket(0, 1, HERE);
        Socket client = new Socket()) {
      client.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.1.9"), ours.getLocalPort()));
      client.connect(another.getLocalSocketAddress());
      try (Socket accepted = another.accept()) {
        assertThat(accepted.getPort()).isEqualTo(ours.getLocalPort());
        assertThat(TcpTable.acceptedAt(ours.getLocalPort())).isZero();
        assertThat(TcpTable.dialledTo(ours.getLocalPort())).isZero();
      }
    }
  }

  @Test
  void bothEndsOfAConnectionAreCountedUntilTheyAreClosed() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, HERE)) {
      int port = server.getLocalPort();
      try (Socket client = new Socket(HERE, port)) {
        assertThat(TcpTable.dialledTo(port)).isOne();
        Socket accepted = server.accept();
        assertThat(TcpTable.acceptedAt(port)).isOne();
        accepted.close();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(TcpTable.acceptedAt(port)).isZero();
      assertThat(TcpTable.dialledTo(port)).isZero();
    }
  }
}
