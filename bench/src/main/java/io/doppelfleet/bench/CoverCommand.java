package io.doppelfleet.bench;

import io.doppelfleet.standin.cover.StandInCover;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "cover",
    mixinStandardHelpOptions = true,
    description = "Runs the stand-in cover site until standard input ends; prints its address.")
final class CoverCommand implements Callable<Integer> {
  private static final Duration SILENCE = Duration.ofSeconds(30);

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      defaultValue = "127.0.0.1:0",
      converter = AddressConverter.class,
      description = "Where to listen; port 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private InetSocketAddress listen = new InetSocketAddress(0);

  @Override
  public Integer call() throws Exception {
    Vertx vertx = Vertx.vertx();
    StandInCover cover =
        StandInCover.start(vertx, listen, "www.example.org", SILENCE).await(10, TimeUnit.SECONDS);
    return StandInProcess.serve(List.of(cover.address()));
  }
}
