package io.doppelfleet.bench.stealth.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WireTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private RawServer server;
  private Wire wire;
  private RawSocket other;

  @BeforeEach
  void connect() throws Exception {
    server = RawServer.start();
    wire = Wire.connect(server.address());
    other = server.take(SOON);
  }

  @AfterEach
  void close() throws Exception {
    wire.close();
    server.close();
  }

  @Test
  void aResetIsNoFin() throws Exception {
    other.reset();
    wire.readToEnd(SOON);

    assertThat(wire.ending()).isEqualTo(Ending.RST);
  }

  @Test
  void whoHasGoneRefusesBytesAndWhoHasHalfClosedTakesThem() throws Exception {
    other.halfClose();
    wire.readToEnd(SOON);
    wire.pry();
    assertThat(wire.ending()).isEqualTo(Ending.FIN);
    assertThat(wire.refused()).isFalse();

    connect();
    other.close();
    wire.readToEnd(SOON);
    wire.pry();
    assertThat(wire.ending()).isEqualTo(Ending.FIN);
    assertThat(wire.refused()).isTrue();
  }

  @Test
  void anOpenEndIsOpenAndItsReactionIsTimedFromTheAct() throws Exception {
    wire.send(new byte[] {1});
    Thread.sleep(50);
    other.send(new byte[] {2});
    wire.readUntilQuiet(Duration.ofMillis(300));

    assertThat(wire.ending()).isNull();
    assertThat(wire.received()).containsExactly(2);
    assertThat(wire.reactions()).hasSize(1);
    assertThat(wire.reactions().getFirst()).isGreaterThan(40_000_000L);
  }

  @Test
  void aTranscriptToleratesWhatASignatureVariesByAndNothingElse() throws Exception {
    Transcript one = heard("1703030005" + "01".repeat(5) + "15030300020228");
    Transcript longer = heard("1703030007" + "02".repeat(7) + "15030300020228");
    Transcript another = heard("1703030005" + "01".repeat(5) + "1503030002020a");
    Transcript muchLonger = heard("1703030020" + "02".repeat(32) + "15030300020228");

    assertThat(one.like(longer)).isTrue();
    assertThat(one.like(another)).isFalse();
    assertThat(one.like(muchLonger)).isFalse();
    assertThat(one.toString()).isEqualTo("data 5 | alert 2/40 | FIN");
  }

  @Test
  void aDateIsNotPartOfATranscript() throws Exception {
    String answer = "HTTP/1.1 400 Bad Request\r\nDate: %s\r\nServer: x\r\n\r\n";

    assertThat(heard(hex(answer.formatted("Mon"))).like(heard(hex(answer.formatted("Tue")))))
        .isTrue();
    assertThat(heard(hex(answer.formatted("Mon"))).like(heard(hex(answer.replace("400", "404")))))
        .isFalse();
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  private Transcript heard(String hex) throws Exception {
    close();
    connect();
    other.send(HexFormat.of().parseHex(hex));
    other.close();
    wire.readToEnd(SOON);
    return Transcript.of(wire, new byte[0]);
  }
}
