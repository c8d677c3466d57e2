package io.doppelfleet.bench;

import io.doppelfleet.bench.cover.StandInCover;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

@Command(
    name = "cover",
    mixinStandardHelpOptions = true,
    description = "Runs the stand-in cover site until standard input ends; prints its address.")
final class CoverCommand implements Callable<Integer> {
  private static final Duration SILENCE = Duration.ofSeconds(30);

  @Override
  public Integer call() throws Exception {
    Vertx vertx = Vertx.vertx();
    StandInCover cover =
        StandInCover.start(vertx, "www.example.org", SILENCE).await(10, TimeUnit.SECONDS);
    return StandInProcess.serve(cover.address());
  }
}
