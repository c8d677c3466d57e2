package io.doppelfleet.proxy.record;

import io.netty.buffer.ByteBuf;

/**
 * Finds the payloads in a client's records as they come, in pieces of any size, without holding any
 * of them: what it keeps between two calls is where in a record it stands. First some
 * change_cipher_specs may come, or an alert in the clear; then application data of 1 to 65535 bytes
 * each; gotd writes such long ones. What passes payloads on extends it: an idle pair has no room
 * for one more object.
 */
public class RecordReader {
  private static final int CCS_LENGTH = 1;
  private static final int ALERT_LENGTH = 2;

  /** The one alert that says nothing, and may be followed by more. */
  private static final byte USER_CANCELED = 90;

  /** Such alerts that OpenSSL passes over; BoringSSL none. */
  private static final int MOST_CANCELED = 4;

  /** Change_cipher_specs that are passed over, as OpenSSL does and BoringSSL. */
  private static final int MOST_CLEAR = 32;

  /** RFC 8446, 5.2: 2^14 + 256 bytes. */
  private static final int LONGEST = 16_640;

  private static final byte NO_ALERTS = -1;

  /** The type of a record whose version is not 0303. */
  private static final byte NONE = 0;

  /** Bytes of the header that have come, with what they said. */
  private byte headerBytes;

  private byte type;
  private char length;

  /** Payload bytes of this record that have not come. */
  private char remaining;

  /**
   * Change_cipher_specs that came; more than {@link #MOST_CLEAR} where nothing in the clear may
   * come any more.
   */
  private byte clear;

  /** How many alerts that say nothing may come. */
  private byte canceled;

  /**
   * At the beginning of a client's records.
   *
   * @param plainAlerts whether an alert in the clear is taken for one, as OpenSSL does; BoringSSL
   *     takes it for a record that it can't decrypt
   */
  public RecordReader(boolean plainAlerts) {
    canceled = plainAlerts ? MOST_CANCELED : NO_ALERTS;
  }

  /** Goes on where another one stands. */
  protected RecordReader(RecordReader before) {
    headerBytes = before.headerBytes;
    type = before.type;
    length = before.length;
    remaining = before.remaining;
    clear = before.clear;
    canceled = before.canceled;
  }

  /** Whether the record under way is longer than TLS allows, as gotd's may be. */
  public final boolean isOverlong() {
    return length > LONGEST;
  }

  /** Whether all that was taken ends with a whole record. */
  public final boolean betweenRecords() {
    return headerBytes == 0;
  }

  /**
   * Moves the next run of payload into the target.
   *
   * @param in what came; headers are taken out, and payload up to the target's end
   * @param target payload goes here, from the offset to the limit
   * @return the offset after the last payload byte; {@code in} has bytes left only where that is
   *     the limit
   * @throws IllegalRecordException where the bytes are no record that a client sends now
   */
  public final int read(ByteBuf in, byte[] target, int offset, int limit)
      throws IllegalRecordException {
    int end = offset;
    // No header is taken behind the limit: whether a record has ended is asked there.
    while (end < limit) {
      int run = next(in);
      if (run == 0) {
        break;
      }
      int fits = Math.min(run, limit - end);
      in.readBytes(target, end, fits);
      took(fits);
      end += fits;
    }
    return end;
  }

  /**
   * Takes headers out, up to the next payload.
   *
   * @param in what came
   * @return how many of the bytes that are next in it are payload, which {@link #took} is to be
   *     told; 0 where it has none
   * @throws IllegalRecordException where the bytes are no record that a client sends now
   */
  public final int next(ByteBuf in) throws IllegalRecordException {
    while (in.isReadable()) {
      if (remaining == 0) {
        header(in.readUnsignedByte());
      } else if (type != Records.APPLICATION_DATA) {
        inTheClear(in);
      } else {
        return Math.min(remaining, in.readableBytes());
      }
    }
    return 0;
  }

  /** Judged once its five bytes have come: TLS servers read that many before they look at one. */
  private void header(int next) throws IllegalRecordException {
    switch (headerBytes++) {
      case 0 -> type = (byte) next;
      case 1, 2 -> {
        if (next != 3) {
          type = NONE;
        }
      }
      case 3 -> length = (char) (next << 8);
      default -> {
        length |= (char) next;
        boolean data = type == Records.APPLICATION_DATA;
        boolean legal =
            data
                || (clear <= MOST_CLEAR
                    && (type == Records.CHANGE_CIPHER_SPEC || type == Records.ALERT));
        if (!legal) {
          throw new IllegalRecordException("a record of another type or version");
        }
        if (length == 0 || (!data && length > LONGEST)) {
          throw new IllegalRecordException("an empty record, or a plain one that is too long");
        }
        if (data) { // RFC 8446, 5: from the client's Finished on all is encrypted
          clear = MOST_CLEAR + 1;
        }
        remaining = length;
      }
    }
  }

  /** Judged once it is whole, as TLS servers do. */
  private void inTheClear(ByteBuf in) throws IllegalRecordException {
    int came = Math.min(remaining, in.readableBytes());
    byte last = in.getByte(in.readerIndex() + came - 1);
    in.skipBytes(came);
    took(came);
    if (remaining > 0) {
      return;
    }
    if (type == Records.CHANGE_CIPHER_SPEC) {
      if (length != CCS_LENGTH || last != 1) {
        throw new IllegalRecordException("a change_cipher_spec that is not 1");
      }
      if (++clear > MOST_CLEAR) {
        throw new IllegalRecordException("too many change_cipher_specs");
      }
    } else if (length != ALERT_LENGTH || canceled == NO_ALERTS) {
      throw new IllegalRecordException("an alert that is none");
    } else if (last != USER_CANCELED) {
      throw new PlainAlertException();
    } else if (canceled-- == 0) {
      throw new IllegalRecordException("too many alerts");
    }
  }

  /** So many bytes of payload were taken. */
  public final void took(int payload) {
    remaining -= (char) payload;
    if (remaining == 0) {
      headerBytes = 0;
    }
  }
}
