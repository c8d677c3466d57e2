package io.doppelfleet.bench.stealth.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.bench.stealth.scene.Pages;
import io.doppelfleet.bench.stealth.scene.Site;
import io.doppelfleet.standin.cover.StandInCover;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WebVisitorTest {
  private static final int LENGTH = 5_000;

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** As a browser sees it, and as a client of a node does. */
  @Test
  void whatAServerSaysUnaskedComesWithItsFirstAnswer() throws Exception {
    String path = "/download/" + LENGTH;
    Files.write(
        Files.createDirectory(directory.resolve("download")).resolve(Integer.toString(LENGTH)),
        new byte[LENGTH]);
    StandInCover cover =
        StandInCover.start(vertx, Site.HOST, Duration.ofSeconds(30))
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    Pages pages = new Pages(directory, List.of(path), List.of());
    try (WebVisitor visitor =
        new WebVisitor(new At(cover.address()), pages, false, List.of(path, path))) {
      Response first = visitor.ask();
      Response second = visitor.ask();
      assertThat(first.sizes()).as("with a ticket").hasSizeGreaterThan(second.sizes().size());
      assertThat(second.bytes()).isGreaterThan(LENGTH);
    }
  }

  private record At(InetSocketAddress address) implements Site {
    @Override
    public void close() {}
  }
}
