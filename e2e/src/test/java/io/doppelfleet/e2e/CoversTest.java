package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.bench.Bench;
import io.doppelfleet.bench.stealth.scene.Cover;
import io.doppelfleet.bench.stealth.scene.Scene;
import io.doppelfleet.bench.stealth.scene.Site;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.standin.datacenter.FileContent;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real clients take flights and records that are made after those of real web sites. */
@Tag("waiting")
@Timeout(120)
final class CoversTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int LENGTH = 1 << 20;
  private static final long FILE = 7;

  private static Scene scene;

  @TempDir Path directory;

  @BeforeAll
  static void set() throws Exception {
    scene = Scene.set(Path.of("..").toRealPath(), Bench.class);
  }

  @AfterAll
  static void end() {
    scene.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"NGINX_H2", "NODEJS", "SITE"})
  void tdlibAndMtcutePassBehindOneThatIsLearnt(Cover cover) throws Exception {
    Site site = scene.site(cover);
    try (ClientNode node = new ClientNode(directory, Shaping.FULL, site.address(), site);
        TdLib tdlib =
            TdLib.trusting(
                node.datacenter.key().publicPem(), Path.of("target", "tdlib", "libtdjson.so"))) {
      await().atMost(SOON).until(() -> Files.exists(directory.resolve("profile.json")));
      JsonObject moved = Mtcute.run(node, directory, new Mtcute.Task(4, false, FILE, LENGTH));
      assertThat(moved.getString("received")).isEqualTo(FileContent.sha256(FILE + 1, LENGTH));
      JsonObject tested =
          tdlib
              .testProxy(node.port(), ClientNode.SECRET.toHex(), 2, SOON)
              .get(SOON.toSeconds() + 5, TimeUnit.SECONDS);
      assertThat(tested.getString("@type")).as("%s", tested).isEqualTo("ok");
      node.expectNobodyLeft();
    }
  }
}
