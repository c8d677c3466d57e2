package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.standin.datacenter.Arrival;
import io.doppelfleet.standin.datacenter.FileContent;
import io.doppelfleet.standin.datacenter.Upload;
import io.doppelfleet.standin.wire.Obfuscated2;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** mtcute 0.30.3 as a process of its own. */
@Tag("waiting")
final class MtcuteTest {
  private static final int LENGTH = 20 * 1024 * 1024;
  private static final int PART = 512 * 1024;
  private static final long FILE = 7;

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // each test starts it
  private ClientNode node;

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @ParameterizedTest
  @EnumSource(Shaping.class)
  void connectsPingsAndMovesTwentyMegabytesEachWay(Shaping shaping) throws Exception {
    node = new ClientNode(directory, shaping);
    JsonObject result = Mtcute.run(node, directory, task(4, false));
    assertThat(result.getInteger("nearestDatacenter")).isEqualTo(4);
    expectFilesMoved(result);
    assertThat(node.datacenter.pings()).isPositive();
    assertThat(node.datacenter.keysExchanged()).isPositive();
    // Files go by the media cluster, the rest by the data centre itself.
    assertThat(node.datacenter.arrivals())
        .containsOnly(
            new Arrival(4, Obfuscated2.PADDED_INTERMEDIATE),
            new Arrival(-4, Obfuscated2.PADDED_INTERMEDIATE));
    node.expectNobodyLeft();
  }

  @Test
  void bindsTemporaryKeys() throws Exception {
    node = new ClientNode(directory, Shaping.FULL);
    JsonObject result = Mtcute.run(node, directory, task(203, true));
    assertThat(result.getInteger("nearestDatacenter")).isEqualTo(203);
    expectFilesMoved(result);
    assertThat(node.datacenter.keysExchanged()).isGreaterThan(1);
    node.expectNobodyLeft();
  }

  private void expectFilesMoved(JsonObject result) throws Exception {
    assertThat(node.datacenter.upload(FILE))
        .isEqualTo(new Upload(LENGTH / PART, LENGTH, checksumOfParts()));
    assertThat(result.getString("received")).isEqualTo(FileContent.sha256(FILE + 1, LENGTH));
  }

  private static Mtcute.Task task(int datacenter, boolean temporaryKeys) {
    return new Mtcute.Task(datacenter, temporaryKeys, FILE, LENGTH);
  }

  private static String checksumOfParts() throws Exception {
    MessageDigest all = MessageDigest.getInstance("SHA-256");
    for (int at = 0; at < LENGTH; at += PART) {
      all.update(MessageDigest.getInstance("SHA-256").digest(FileContent.read(FILE, at, PART)));
    }
    return HexFormat.of().formatHex(all.digest());
  }
}
