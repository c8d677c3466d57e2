package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.doppel.RecentAnswers;
import io.doppelfleet.proxy.hello.ClientHello;
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

  private final ClientHello hello;
  private final AddressBits from;
  private final Times times;
  private final RecentAnswers answers;

  /** Of one connection. */
  AnswerClock(ClientHello hello, AddressBits from, Times times, RecentAnswers answers) {
    this.hello = hello;
    this.from = from;
    this.times = times;
    this.answers = answers;
  }

  /** The first bytes that the cover sends. */
  @Override
  public void accept(ByteBuf bytes) {
    int begin = bytes.readerIndex();
    if (bytes.readableBytes() >= RANDOM_AT + Integer.BYTES
        && bytes.getByte(begin) == Records.HANDSHAKE
        && bytes.getByte(begin + Records.HEADER_LENGTH) == SERVER_HELLO
        && bytes.getInt(begin + RANDOM_AT) != RETRY) {
      long now = System.nanoTime();
      answers.add(hello, from, now, times.sinceHello(now));
    }
  }
}
