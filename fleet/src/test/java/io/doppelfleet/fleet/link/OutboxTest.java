package io.doppelfleet.fleet.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class OutboxTest {
  /** More than the kernel takes for a reader that doesn't read. */
  private static final int LENGTH = 32 << 20;

  private final Vertx vertx = Vertx.vertx();

  /** Kept: Vert.x closes one that nobody refers to. */
  final NetClient client = vertx.createNetClient();

  @AfterEach
  void end() throws Exception {
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void aSlowReaderGetsAllInOrderAndMeanwhileItIsKnownThatMoreHasNoRoom() throws Exception {
    CompletableFuture<NetSocket> reader = new CompletableFuture<>();
    CompletableFuture<Buffer> read = new CompletableFuture<>();
    Buffer whole = Buffer.buffer(LENGTH + 3);
    NetServer server =
        vertx
            .createNetServer()
            .connectHandler(
                socket -> {
                  socket.pause();
                  socket.handler(
                      piece -> {
                        if (whole.appendBuffer(piece).length() == LENGTH + 3) {
                          read.complete(whole);
                        }
                      });
                  reader.complete(socket);
                });
    get(server.listen(0, "127.0.0.1"));
    byte[] bytes = new byte[LENGTH];
    new Random(1).nextBytes(bytes);
    Buffer frame = Buffer.buffer(bytes);
    List<Boolean> states = new CopyOnWriteArrayList<>();
    CompletableFuture<Boolean> written = new CompletableFuture<>();
    get(
        client
            .connect(server.actualPort(), "127.0.0.1")
            .onSuccess(
                socket -> {
                  Outbox outbox = new Outbox(socket);
                  states.addAll(List.of(outbox.isFree(), outbox.isWithin()));
                  outbox.say(frame, () -> written.complete(true));
                  outbox.say(Buffer.buffer("end"));
                  states.addAll(List.of(outbox.isFree(), outbox.isWithin()));
                }));
    assertThat(states).containsExactly(true, false, false, true);
    assertThat(written).isNotDone();
    reader.get(20, TimeUnit.SECONDS).resume();
    read.get(20, TimeUnit.SECONDS);
    assertThat(whole.getBuffer(0, LENGTH)).isEqualTo(frame);
    assertThat(whole.getString(LENGTH, LENGTH + 3)).isEqualTo("end");
    assertThat(written).isCompleted();
  }

  /** Or who fills what all nodes are told of bans by rules would make them miss the state. */
  @Test
  void theNewestOfWhatReplacesAnotherWaitsBehindAllElseAndTakesNobodysTurn() throws Exception {
    CompletableFuture<NetSocket> reader = new CompletableFuture<>();
    CompletableFuture<String> read = new CompletableFuture<>();
    Buffer whole = Buffer.buffer();
    NetServer server =
        vertx
            .createNetServer()
            .connectHandler(
                socket -> {
                  socket.pause();
                  socket.handler(whole::appendBuffer);
                  socket.endHandler(
                      ended -> read.complete(whole.getString(LENGTH, whole.length())));
                  reader.complete(socket);
                });
    get(server.listen(0, "127.0.0.1"));
    List<Boolean> states = new CopyOnWriteArrayList<>();
    get(
        client
            .connect(server.actualPort(), "127.0.0.1")
            .onSuccess(
                socket -> {
                  Outbox outbox = new Outbox(socket);
                  outbox.sayNewest(Buffer.buffer(new byte[LENGTH])); // a part of it leaves
                  outbox.sayNewest(Buffer.buffer("old,"));
                  states.addAll(List.of(outbox.isFree(), outbox.isWithin()));
                  outbox.sayNewest(Buffer.buffer("new"));
                  outbox.say(
                      Buffer.buffer("delta,"), () -> vertx.setTimer(200, later -> socket.end()));
                  outbox.tick(Buffer.buffer("tick,"));
                  states.add(outbox.isFree());
                }));
    assertThat(states).containsExactly(true, true, false);
    reader.get(20, TimeUnit.SECONDS).resume();
    assertThat(read.get(20, TimeUnit.SECONDS)).isEqualTo("delta,tick,new");
  }

  /** Or a node whose link is slow would hear of hellos, and of no ban. */
  @Test
  void ticksWaitBehindAllElseAndTakeNobodysRoom() throws Exception {
    final int length = 32 << 10;
    CompletableFuture<NetSocket> reader = new CompletableFuture<>();
    CompletableFuture<Buffer> read = new CompletableFuture<>();
    AtomicInteger ticks = new AtomicInteger();
    Buffer whole = Buffer.buffer();
    NetServer server =
        vertx
            .createNetServer()
            .connectHandler(
                socket -> {
                  socket.pause();
                  socket.handler(
                      piece -> {
                        if (whole.appendBuffer(piece).length() == ticks.get() * length + 5) {
                          read.complete(whole);
                        }
                      });
                  reader.complete(socket);
                });
    get(server.listen(0, "127.0.0.1"));
    List<Boolean> states = new CopyOnWriteArrayList<>();
    get(
        client
            .connect(server.actualPort(), "127.0.0.1")
            .onSuccess(
                socket -> {
                  Outbox outbox = new Outbox(socket);
                  while (outbox.tick(Buffer.buffer(new byte[length]))) {
                    ticks.incrementAndGet(); // of some megabytes the kernel takes
                  }
                  states.add(outbox.isFree());
                  outbox.say(Buffer.buffer("delta"));
                  states.add(outbox.isFree());
                }));
    assertThat(states).containsExactly(true, false);
    reader.get(20, TimeUnit.SECONDS).resume();
    read.get(20, TimeUnit.SECONDS);
    int before = (ticks.get() - 50) * length; // so many waited
    assertThat(whole.getString(before, before + 5)).isEqualTo("delta");
  }
}
