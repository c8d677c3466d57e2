package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.doppel.RecentAnswers;
import io.doppelfleet.proxy.record.Records;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Takes the time in which the cover answers a stranger's hello, where it answers with a ServerHello
 * that means one.
 */
final class AnswerClock implements Consumer<ByteBuf> {
  private static final int SERVER_HELLO = 2;
  private static final int RANDOM_AT = 11;

  /** The random of a HelloRetryRequest begins so (RFC 8446, 4.1.3). */
  private static final int RETRY = 0xcf21ad74;

  private final Times times;
  private final RecentAnswers answers;

  /** Of one connection. */
  AnswerClock(Times times, RecentAnswers answers) {
    this.times = times;
    this.answers = answers;
  }

  /** The first bytes that the cover sends. */
  @Override
  public void accept(ByteBuf bytes) {
    int from = bytes.readerIndex();
    if (bytes.readableBytes() >= RANDOM_AT + Integer.BYTES
        && bytes.getByte(from) == Records.HANDSHAKE
        && bytes.getByte(from + Records.HEADER_LENGTH) == SERVER_HELLO
        && bytes.getInt(from + RANDOM_AT) != RETRY) {
      long now = System.nanoTime();
      answers.add(now, times.sinceHello(now));
    }
  }
}
