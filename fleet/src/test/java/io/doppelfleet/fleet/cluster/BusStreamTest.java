package io.doppelfleet.fleet.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On a bus of one process, where pieces go the same way. */
@Timeout(60)
final class BusStreamTest {
  private static final Random RANDOM = new Random(1);

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));

  /** Kept: Vert.x closes one that nobody refers to. */
  private final NetClient client = vertx.createNetClient();

  private final List<NetServer> servers = new ArrayList<>();
  private final AtomicReference<String> near = new AtomicReference<>();

  @AfterEach
  void end() throws Exception {
    done(vertx.close());
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** A connection whose other end this has, carried over the bus between the two. */
  private NetSocket connected(Consumer<NetSocket> other) throws Exception {
    NetServer far = vertx.createNetServer().connectHandler(other::accept);
    done(far.listen(0, "127.0.0.1"));
    servers.add(far);
    NetServer door =
        vertx
            .createNetServer()
            .connectHandler(
                socket -> {
                  BusStream begin = new BusStream(vertx, socket, RANDOM);
                  client
                      .connect(far.actualPort(), "127.0.0.1")
                      .onSuccess(
                          last -> {
                            BusStream end = new BusStream(vertx, last, RANDOM);
                            Future.all(begin.address(), end.address())
                                .onSuccess(
                                    both -> {
                                      near.set(both.resultAt(0));
                                      begin.begin(both.resultAt(1));
                                      end.begin(both.resultAt(0));
                                    });
                          });
                });
    done(door.listen(0, "127.0.0.1"));
    servers.add(door);
    return done(client.connect(door.actualPort(), "127.0.0.1"));
  }

  @Test
  void bytesComeInOrderBothWaysAlsoToWhoReadsSlowly() throws Exception {
    byte[] bytes = new byte[6 << 20];
    RANDOM.nextBytes(bytes);
    NetSocket socket =
        connected(
            other -> {
              other.pause();
              vertx.setTimer(1_500, late -> other.pipeTo(other));
            });
    Buffer heard = Buffer.buffer();
    Promise<Void> all = Promise.promise();
    socket.handler(
        piece -> {
          heard.appendBuffer(piece);
          if (heard.length() >= bytes.length) {
            all.tryComplete();
          }
        });
    socket.write(Buffer.buffer(bytes));
    done(all.future());
    assertThat(heard.getBytes()).isEqualTo(bytes);
  }

  @Test
  void anEndIsHeardBehindTheLastByte() throws Exception {
    NetSocket socket = connected(other -> other.end(Buffer.buffer("goodbye")));
    Buffer heard = Buffer.buffer();
    Promise<Void> ended = Promise.promise();
    socket.handler(heard::appendBuffer);
    socket.closeHandler(closed -> ended.complete());
    done(ended.future());
    assertThat(heard.toString()).isEqualTo("goodbye");
  }

  /** Any member may say anything to any address. */
  private static Stream<Object> forged() {
    return Stream.of(
        Buffer.buffer().appendByte((byte) 1).appendLong(7).appendString("not the next"),
        Buffer.buffer().appendByte((byte) 2).appendLong(1).appendString("another format"),
        Buffer.buffer().appendByte((byte) 1).appendLong(1).appendBytes(new byte[(128 << 10) + 1]),
        Buffer.buffer("short"),
        "no bytes at all");
  }

  @ParameterizedTest
  @MethodSource("forged")
  void aPieceThatIsNotTheNextOneEndsIt(Object forged) throws Exception {
    Promise<NetSocket> there = Promise.promise();
    Promise<Void> ended = Promise.promise();
    NetSocket socket =
        connected(
            other -> {
              other.closeHandler(closed -> ended.complete());
              there.complete(other);
            });
    socket.write("hello");
    done(there.future());
    while (near.get() == null) {
      Thread.sleep(10);
    }
    Promise<Void> own = Promise.promise();
    socket.closeHandler(closed -> own.complete());
    vertx.eventBus().send(near.get(), forged);
    done(own.future());
    done(ended.future());
  }

  /** Our own sender waits until a piece was taken; another one would fill this process. */
  @Test
  void whoSendsMoreThanIsTakenIsCutOff() throws Exception {
    Promise<Void> ended = Promise.promise();
    NetSocket socket = connected(other -> other.closeHandler(closed -> ended.complete()));
    socket.pause(); // and reads nothing
    while (near.get() == null) {
      Thread.sleep(10);
    }
    Buffer bytes = Buffer.buffer(new byte[128 << 10]);
    int sent = 0;
    while (!ended.future().isComplete()) {
      Buffer piece = Buffer.buffer().appendByte((byte) 1).appendLong(++sent).appendBuffer(bytes);
      vertx.eventBus().send(near.get(), piece);
      Thread.sleep(2);
      assertThat(sent).isLessThan(500);
    }
    done(ended.future());
  }

  @Test
  void aPieceThatNobodyTakesEndsIt() throws Exception {
    Promise<Void> ended = Promise.promise();
    NetServer door =
        vertx
            .createNetServer()
            .connectHandler(
                socket -> {
                  BusStream stream = new BusStream(vertx, socket, RANDOM);
                  stream.begin(BusStream.DOOR + ".nobody");
                });
    done(door.listen(0, "127.0.0.1"));
    servers.add(door);
    NetSocket socket = done(client.connect(door.actualPort(), "127.0.0.1"));
    socket.closeHandler(closed -> ended.complete());
    socket.write("hello");
    done(ended.future());
  }

  @Test
  void nothingIsCarriedToAnotherKindOfAddress() throws Exception {
    Promise<Void> ended = Promise.promise();
    vertx.eventBus().consumer("doppelfleet.state", message -> ended.fail("it was carried"));
    NetServer door =
        vertx
            .createNetServer()
            .connectHandler(
                socket -> {
                  BusStream stream = new BusStream(vertx, socket, RANDOM);
                  vertx.setTimer(200, late -> stream.begin("doppelfleet.state"));
                });
    done(door.listen(0, "127.0.0.1"));
    servers.add(door);
    NetSocket socket = done(client.connect(door.actualPort(), "127.0.0.1"));
    socket.closeHandler(closed -> ended.tryComplete());
    socket.write("hello");
    done(ended.future());
  }
}
