package io.doppelfleet.launcher.demo;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.standin.cover.StandInCover;
import io.doppelfleet.standin.datacenter.DatacenterKey;
import io.doppelfleet.standin.datacenter.StandInDatacenter;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A data centre and a cover site on the loopback, in place of all that would need a network. */
public final class Surroundings implements AutoCloseable {
  /** The cover's name, which no name service knows. */
  public static final String HOST = "wool.example";

  /** As many as Telegram has. */
  private static final int DATACENTERS = 5;

  private static final Duration SILENCE = Duration.ofSeconds(60);

  private final Vertx vertx;
  private final StandInCover cover;
  private final StandInDatacenter datacenter;

  private Surroundings(Vertx vertx, StandInCover cover, StandInDatacenter datacenter) {
    this.vertx = vertx;
    this.cover = cover;
    this.datacenter = datacenter;
  }

  /**
   * Opens both; blocks for a second or two.
   *
   * @throws IOException when no port of the loopback can be had
   */
  public static Surroundings open() throws IOException, InterruptedException {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                    new FileSystemOptions() // or a cache is left where the process is ended
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    try {
      StandInCover cover = StandInCover.start(vertx, HOST, SILENCE).await();
      InetSocketAddress free = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
      return new Surroundings(
          vertx, cover, StandInDatacenter.start(List.of(free), DatacenterKey.generate(), 1));
    } catch (IOException | InterruptedException | RuntimeException e) {
      vertx.close().await();
      throw e;
    }
  }

  /** Where strangers are led. */
  public HostPort cover() {
    return new HostPort("127.0.0.1", cover.address().getPort());
  }

  /** Where the data centre is. */
  InetSocketAddress datacenter() {
    return datacenter.address();
  }

  /** Of every data centre the one that is here, so that nobody asks Telegram's. */
  public Map<Integer, List<InetSocketAddress>> datacenters() {
    Map<Integer, List<InetSocketAddress>> all = new HashMap<>();
    for (int number = 1; number <= DATACENTERS; number++) {
      all.put(number, List.of(datacenter()));
    }
    return all;
  }

  @Override
  public void close() {
    datacenter.close();
    vertx.close().await();
  }
}
