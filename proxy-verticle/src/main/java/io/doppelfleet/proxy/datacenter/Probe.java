package io.doppelfleet.proxy.datacenter;

import io.doppelfleet.proxy.dial.Dialler;
import io.doppelfleet.proxy.dial.Ways;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.transport.OwnStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One address of a data centre, asked what a client asks first. On an event loop. */
final class Probe implements LegHandler {
  /** To connect, and then for the answer: who needs longer is of no use. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Promise<Long> took = Promise.promise();
  private final OwnStream stream;
  private final PqQuestion question;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
  private final long begun = System.nanoTime();
  private final Dialler.Dial dial;
  private @Nullable Leg leg;
  private @Nullable ScheduledFuture<?> end;

  /**
   * Begins.
   *
   * @param random must be unpredictable
   */
  Probe(
      int datacenter,
      InetSocketAddress address,
      Dialler dialler,
      Ways ways,
      EventLoop loop,
      RandomGenerator random) {
    this.stream = OwnStream.open(datacenter, random);
    this.question = new PqQuestion(random, System.currentTimeMillis() / 1000);
    this.dial = dialler.dial(List.of(address), ways, PATIENCE, this);
    dial.result()
        .onSuccess(
            connected -> {
              leg = connected;
              end =
                  loop.schedule(
                      () -> fail("no answer"), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
              connected.write(Unpooled.wrappedBuffer(stream.first(question.frame())));
              connected.flush();
              connected.read();
            })
        .onFailure(took::tryFail);
  }

  /**
   * Nanoseconds from the dial to the answer; fails where there is none, or none of a data centre.
   */
  Future<Long> took() {
    return took.future();
  }

  /** Gives up. */
  void cancel() {
    dial.cancel();
    fail("given up");
  }

  @Override
  public void received(ByteBuf bytes) {
    byte[] sealed = new byte[bytes.readableBytes()];
    bytes.readBytes(sealed).release();
    heard.writeBytes(stream.heard(sealed));
    byte[] all = heard.toByteArray();
    if (all.length < PqQuestion.LENGTH_BYTES) {
      read();
      return;
    }
    int length = PqQuestion.length(Arrays.copyOf(all, PqQuestion.LENGTH_BYTES));
    if (length < 0) {
      fail("it answers what no data centre does");
    } else if (all.length < PqQuestion.LENGTH_BYTES + length) {
      read();
    } else if (question.isAnsweredBy(
        Arrays.copyOfRange(all, PqQuestion.LENGTH_BYTES, PqQuestion.LENGTH_BYTES + length))) {
      took.tryComplete(System.nanoTime() - begun);
      close();
    } else {
      fail("it answers what no data centre does");
    }
  }

  private void read() {
    if (leg != null) {
      leg.read();
    }
  }

  @Override
  public void ended() {
    fail("it ends the connection");
  }

  @Override
  public void drained() {}

  @Override
  public void gone() {
    fail("it cuts the connection");
  }

  private void fail(String why) {
    took.tryFail(new IOException(why));
    close();
  }

  private void close() {
    if (end != null) {
      end.cancel(false);
    }
    if (leg != null) {
      leg.close();
    }
  }
}
