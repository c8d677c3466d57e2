package io.doppelfleet.proxy.transport;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.record.IllegalRecordException;
import io.doppelfleet.proxy.record.PlainAlertException;
import io.doppelfleet.proxy.record.RecordReader;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** After the welcome: waits for the 64 bytes that open the obfuscated2 stream. */
public final class HeaderReader implements LegHandler {
  private final Leg near;
  private final byte[] secret;
  private final LoopCiphers ciphers;
  private final Next next;
  private final RecordReader records;
  private final byte[] header = new byte[Obfuscated2.HEADER_LENGTH];
  private final ScheduledFuture<?> silence;
  private int have;

  /** What the header opened; none before it is whole, and where its tag is wrong. */
  private @Nullable Obfuscated2 opened;

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

    /** Nobody any more, for this reason; the leg is closed. */
    void over(String reason);
  }

  /**
   * Begins to wait.
   *
   * @param secret the key that the client must have mixed in
   * @param silence how long the header may take
   * @param plainAlerts whether the cover takes an alert in the clear for one
   */
  public HeaderReader(
      Leg near,
      byte[] secret,
      LoopCiphers ciphers,
      Duration silence,
      boolean plainAlerts,
      Next next) {
    this.near = near;
    this.secret = secret;
    this.ciphers = ciphers;
    this.records = new RecordReader(plainAlerts);
    this.next = next;
    this.silence =
        near.loop().schedule(() -> leave("silence"), silence.toMillis(), TimeUnit.MILLISECONDS);
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
    boolean whole;
    try {
      whole = read(bytes);
    } catch (PlainAlertException e) {
      bytes.release();
      leave("left");
      return;
    } catch (IllegalRecordException e) {
      refuse(bytes, "bad record");
      return;
    }
    if (!whole) {
      bytes.release();
      more();
      return;
    }
    Obfuscated2 stream = opened;
    if (stream == null) {
      refuse(bytes, "bad tag");
    } else {
      silence.cancel(false);
      next.opened(stream, records, bytes);
    }
  }

  /**
   * Whether it is known now who it is. A wrong tag is as if the record that ends it could not be
   * decrypted, which a TLS server finds when it has all of it, or when that is too long for TLS.
   */
  private boolean read(ByteBuf bytes) throws IllegalRecordException {
    if (have < header.length) {
      have = records.read(bytes, header, have, header.length);
      if (have < header.length) {
        return false;
      }
      opened = Obfuscated2.open(header, secret, ciphers);
    }
    if (opened == null && !records.betweenRecords()) {
      int rest = records.next(bytes);
      bytes.skipBytes(rest);
      records.took(rest);
    }
    return opened != null || records.betweenRecords() || records.isOverlong();
  }

  private void refuse(ByteBuf bytes, String reason) {
    bytes.release();
    silence.cancel(false);
    next.refused(reason);
  }

  /** Without a word, as servers leave a handshake that doesn't go on. */
  private void leave(String reason) {
    silence.cancel(false);
    near.close();
    next.over(reason);
  }

  @Override
  public void ended() {
    leave("left");
  }

  @Override
  public void drained() {}

  @Override
  public void gone() {
    silence.cancel(false);
    next.over("left");
  }
}
