package io.doppelfleet.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doppelfleet.fleet.Secret;
import org.junit.jupiter.api.Test;

class PeerTest {
  private static final String SECRET =
      Secret.of(new byte[Secret.KEY_LENGTH], "www.example.org").toHex();
  private static final long PID = ProcessHandle.current().pid();

  @Test
  void itIsNameAddressSecretAndProcess() {
    Peer peer = Peer.parse("other,127.0.0.1:8443," + SECRET + "," + PID);

    assertThat(peer.name()).isEqualTo("other");
    assertThat(peer.address()).hasToString("127.0.0.1:8443");
    assertThat(peer.secret().toHex()).isEqualTo(SECRET);
    assertThat(peer.pid()).isEqualTo(PID);
  }

  @Test
  void aNameOfOursIsRefused() {
    assertThatThrownBy(() -> Peer.parse("node,127.0.0.1:8443," + SECRET + "," + PID))
        .hasMessage("a name of its own is right, not \"node\"");
    assertThatThrownBy(() -> Peer.parse("relay 16 KB,127.0.0.1:8443," + SECRET + "," + PID))
        .hasMessageContaining("a name of its own is right");
  }

  @Test
  void whatIsWrongIsSaidWithoutTheSecret() {
    assertThatThrownBy(() -> Peer.parse("other,127.0.0.1:8443," + SECRET))
        .hasMessage("NAME,HOST:PORT,SECRET,PID is right");
    assertThatThrownBy(() -> Peer.parse("other,127.0.0.1:8443," + SECRET + "," + SECRET))
        .hasMessage("PID is the number of a process");
    assertThatThrownBy(() -> Peer.parse("other,127.0.0.1:8443," + SECRET + ",4294967295"))
        .hasMessageContaining("there is no process 4294967295");
  }
}
