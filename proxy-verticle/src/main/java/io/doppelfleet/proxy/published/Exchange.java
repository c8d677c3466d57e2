package io.doppelfleet.proxy.published;

import io.doppelfleet.fleet.mtproto.MalformedMessageException;
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
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection to a data centre for an {@link Inquiry}, whose steps a worker takes. */
final class Exchange implements LegHandler {
  /** For all of it. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Promise<PublishedList> told = Promise.promise();
  private final Vertx vertx;
  private final EventLoop loop;
  private final OwnStream stream;
  private final Inquiry inquiry;
  private final SecureRandom random;
  private final Frames frames = new Frames();
  private final Dialler.Dial dial;
  private final ScheduledFuture<?> end;
  private @Nullable Leg leg;

  /** Begins. On the loop. */
  Exchange(
      Vertx vertx,
      EventLoop loop,
      Dialler dialler,
      Ways ways,
      int datacenter,
      List<InetSocketAddress> addresses,
      Inquiry inquiry,
      SecureRandom random) {
    this.vertx = vertx;
    this.loop = loop;
    this.stream = OwnStream.open(datacenter, random);
    this.inquiry = inquiry;
    this.random = random;
    this.end =
        loop.schedule(
            () -> fail("it isn't through in time"), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    this.dial = dialler.dial(addresses, ways, PATIENCE, this);
    dial.result()
        .onSuccess(
            connected -> {
              leg = connected;
              say(connected, stream.first(Frames.of(inquiry.begin(), random)));
            })
        .onFailure(failure -> fail(String.valueOf(failure.getMessage())));
  }

  /** The list; fails with an {@link IOException} that says why there is none. */
  Future<PublishedList> told() {
    return told.future();
  }

  /** Gives up. */
  void cancel() {
    dial.cancel();
    fail("given up");
  }

  private static void say(Leg leg, byte[] bytes) {
    leg.write(Unpooled.wrappedBuffer(bytes));
    leg.flush();
    leg.read();
  }

  @Override
  public void received(ByteBuf bytes) {
    byte[] sealed = new byte[bytes.readableBytes()];
    bytes.readBytes(sealed).release();
    try {
      frames.add(stream.heard(sealed));
      next();
    } catch (MalformedMessageException e) {
      fail(String.valueOf(e.getMessage()));
    }
  }

  private void next() {
    byte[] message = frames.next();
    if (message == null) {
      if (leg != null) {
        leg.read();
      }
      return;
    }
    vertx
        .executeBlocking(() -> inquiry.take(message), false)
        .onComplete(
            taken ->
                loop.execute(
                    () -> {
                      if (taken.succeeded()) {
                        take(taken.result());
                      } else {
                        fail(String.valueOf(taken.cause().getMessage()));
                      }
                    }));
  }

  private void take(Inquiry.Step step) {
    if (told.future().isComplete() || leg == null) {
      return;
    }
    switch (step) {
      case Inquiry.Step.Say(byte[] message) -> {
        byte[] frame = Frames.of(message, random);
        leg.write(Unpooled.wrappedBuffer(stream.next(frame)));
        leg.flush();
        next();
      }
      case Inquiry.Step.Listen() -> next();
      case Inquiry.Step.Told(PublishedList list) -> {
        told.complete(list);
        close();
      }
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
    told.tryFail(new IOException(why));
    close();
  }

  private void close() {
    end.cancel(false);
    if (leg != null) {
      leg.close();
    }
  }
}
