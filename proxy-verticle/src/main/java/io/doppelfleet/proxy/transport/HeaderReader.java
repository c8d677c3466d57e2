package io.doppelfleet.proxy.transport;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.record.IllegalRecordException;
import io.doppelfleet.proxy.record.RecordReader;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** After the welcome: waits for the 64 bytes that open the obfuscated2 stream. */
public final class HeaderReader implements LegHandler {
  private final Leg near;
  private final byte[] secret;
  private final LoopCipher cipher;
  private final Next next;
  private final RecordReader records = new RecordReader();
  private final byte[] header = new byte[Obfuscated2.HEADER_LENGTH];
  private final ScheduledFuture<?> silence;
  private int have;

  /** Where it goes from here. Exactly one is called. */
  public interface Next {
    /**
     * A client.
     *
     * @param records where its records stand
     * @param rest what it sent after the header, which the receiver owns
     */
    void opened(Obfuscated2 stream, RecordReader records, ByteBuf rest);

    /** None; the leg is still open. */
    void refused(String reason);

    /** It left; the leg is closed. */
    void left();
  }

  /**
   * Begins to wait.
   *
   * @param secret the key that the client must have mixed in
   * @param silence how long the header may take
   */
  public HeaderReader(Leg near, byte[] secret, LoopCipher cipher, Duration silence, Next next) {
    this.near = near;
    this.secret = secret;
    this.cipher = cipher;
    this.next = next;
    this.silence =
        near.loop()
            .schedule(() -> next.refused("silence"), silence.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Begins with what came with the hello, if anything did. */
  public void start(ByteBuf early) {
    if (early.isReadable()) {
      received(early);
    } else {
      early.release();
      more();
    }
  }

  /** The end may have been read with what came before. */
  private void more() {
    if (near.readEnded()) {
      ended();
    } else {
      near.read();
    }
  }

  @Override
  public void received(ByteBuf bytes) {
    try {
      have = records.read(bytes, header, have, header.length);
    } catch (IllegalRecordException e) {
      bytes.release();
      silence.cancel(false);
      next.refused("bad record");
      return;
    }
    if (have < header.length) {
      bytes.release();
      more();
      return;
    }
    silence.cancel(false);
    Obfuscated2 stream = Obfuscated2.open(header, secret, cipher);
    if (stream == null) {
      bytes.release();
      next.refused("bad tag");
    } else {
      next.opened(stream, records, bytes);
    }
  }

  @Override
  public void ended() {
    silence.cancel(false);
    near.close();
    next.left();
  }

  @Override
  public void drained() {}

  @Override
  public void gone() {
    silence.cancel(false);
    next.left();
  }
}
