package io.doppelfleet.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.scout.Trouble;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.wire.LoadRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the cover and what is known of it are like, clients are served, and it is said. */
@Tag("waiting")
@Timeout(60)
final class BadCoverTest {
  private static final int ATTEMPTS = 5;
  private static final byte[] RECORD = {0x17, 3, 3, 0, 100};

  @TempDir Path state;

  /** What a cover does with a hello. */
  enum Cover {
    SLOW(Trouble.Kind.SLOW) {
      @Override
      void answer(Socket stranger) throws IOException {
        stranger.getInputStream().transferTo(OutputStream.nullOutputStream());
      }
    },
    FLOODING(Trouble.Kind.GARBAGE) {
      @Override
      void answer(Socket stranger) throws IOException {
        while (true) {
          stranger.getOutputStream().write(RECORD);
          stranger.getOutputStream().write(new byte[100]);
        }
      }
    },
    GARBAGE(Trouble.Kind.GARBAGE) {
      @Override
      void answer(Socket stranger) throws IOException {
        stranger.getInputStream().readNBytes(100);
        stranger.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
      }
    },
    CLOSING(Trouble.Kind.REFUSES) {
      @Override
      void answer(Socket stranger) {}
    },
    RESETTING(Trouble.Kind.REFUSES) {
      @Override
      void answer(Socket stranger) throws IOException {
        stranger.getInputStream().readNBytes(100); // sooner it would be one that can't be reached
        stranger.setSoLinger(true, 0);
      }
    };

    private final Trouble.Kind told;

    Cover(Trouble.Kind told) {
      this.told = told;
    }

    abstract void answer(Socket stranger) throws IOException;

    ServerSocket open() throws IOException {
      ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(() -> accept(listener));
      return listener;
    }

    private void accept(ServerSocket listener) {
      try {
        while (true) {
          Socket stranger = listener.accept();
          Thread.ofVirtual().start(() -> play(stranger));
        }
      } catch (IOException e) {
        // closed
      }
    }

    private void play(Socket stranger) {
      try (stranger) {
        answer(stranger);
      } catch (IOException e) {
        // It has left.
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Cover.class)
  void clientsAreServedAndTheOperatorIsTold(Cover cover) throws Exception {
    ServerSocket listener = cover.open();
    InetSocketAddress at = (InetSocketAddress) listener.getLocalSocketAddress();
    try (ClientNode node = new ClientNode(state, Shaping.FULL, at, listener)) {
      serves(node);
      assertThat(node.firstLook()).extracting(Trouble::kind).contains(cover.told);
      serves(node);
      node.expectNobodyLeft();
    }
  }

  @Test
  void soAreTheyWhereItIsDown() throws Exception {
    ServerSocket listener = Cover.CLOSING.open();
    InetSocketAddress at = (InetSocketAddress) listener.getLocalSocketAddress();
    listener.close();
    try (ClientNode node = new ClientNode(state, Shaping.FULL, at, listener)) {
      serves(node);
      assertThat(node.firstLook())
          .extracting(Trouble::kind)
          .containsExactly(Trouble.Kind.UNREACHABLE);
      serves(node);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"format\" : 2, \"site\" : \"127", "{\"format\" : 7}", "garbage"})
  void soAreTheyWhereTheProfileIsSpoiltOrOfALaterVersion(String profile) throws Exception {
    Files.writeString(state.resolve("profile.json"), profile);
    try (ClientNode node = new ClientNode(state, Shaping.FULL)) {
      serves(node);
      node.expectNobodyLeft();
    }
  }

  /** As clients do it comes again where it was so slow with its hello that it met the cover. */
  private static void serves(ClientNode node) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        echoes(node);
        return;
      } catch (BrokenRuleException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static void echoes(ClientNode node) throws IOException {
    InetSocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port());
    try (FakeTlsClient client = FakeTlsClient.connect(at)) {
      client.handshake(Hellos.hybrid(ClientNode.SECRET).build(), 2, TestNode.RANDOM);
      client.say(LoadRequest.echo().encode(), 100);
      client.say(new byte[] {1, 2, 3}, 100);
      assertThat(client.hear(3)).containsExactly(1, 2, 3);
    }
  }
}
