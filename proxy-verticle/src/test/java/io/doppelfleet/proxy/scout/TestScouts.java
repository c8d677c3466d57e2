package io.doppelfleet.proxy.scout;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.cover.Cover;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.Heard;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.ProfileFile;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloReader;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Scouts, and what they say. */
final class TestScouts implements AutoCloseable {
  private static final Bounds BOUNDS =
      new Bounds(
          Duration.ofSeconds(9),
          Duration.ofSeconds(9),
          Duration.ofSeconds(10),
          4,
          1 << 20,
          Duration.ZERO);

  private final Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final List<Scout> scouts = new ArrayList<>();
  final Heard heard = new Heard(Scout.class);

  /** With a directory for what they learn. */
  TestScouts(Path directory) {
    this.directory = directory;
  }

  @Override
  public void close() throws Exception {
    for (Scout scout : scouts) {
      done(scout.close());
    }
    done(vertx.close());
    heard.close();
  }

  /** A cover whose name is resolved again and again. */
  Cover followed(HostPort site) throws Exception {
    Cover cover = new Cover(site);
    done(cover.follow(vertx));
    return cover;
  }

  /** A cover whose name is resolved once. */
  Cover cover(HostPort site) throws Exception {
    Cover cover = followed(site);
    cover.forget();
    return cover;
  }

  Doppel scout(HostPort site, Duration every) throws Exception {
    Doppel doppel = new Doppel(Profile.unknown(site));
    scout(cover(site), doppel, every);
    return doppel;
  }

  void scout(Cover cover, Doppel doppel, Duration every) {
    scout(cover, doppel, List.of(WebSite.HOST), every);
  }

  void scout(Cover cover, Doppel doppel, List<String> names, Duration every) {
    Scout scout =
        new Scout(
            vertx,
            cover,
            doppel,
            new ProfileFile(directory),
            () -> names,
            every,
            BOUNDS,
            new SecureRandom(),
            Clock.systemUTC());
    scouts.add(scout);
    scout.start();
  }

  /** The first of them. */
  Scout first() {
    return scouts.getFirst();
  }

  /** The one trouble that it showed, in words. */
  String firstLook(HostPort site) throws Exception {
    return done(first().firstLook()).getFirst().of(site);
  }

  /** So much later. */
  void pass(Duration time) throws Exception {
    done(vertx.timer(time.toMillis(), TimeUnit.MILLISECONDS));
  }

  static <T> T done(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** Something, or the end. */
  static void read(Socket connection) throws Exception {
    assertThat(connection.getInputStream().read(new byte[8192])).isNotZero();
  }

  /** A hello, in one read. */
  static ClientHello readHello(Socket connection) throws Exception {
    byte[] bytes = new byte[8192];
    int length = connection.getInputStream().read(bytes);
    return ((HelloReader.Reading.Whole) HelloReader.read(Unpooled.wrappedBuffer(bytes, 0, length)))
        .hello();
  }
}
