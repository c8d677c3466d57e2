package io.doppelfleet.proxy.relay;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.record.IllegalRecordException;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.record.Records;
import io.doppelfleet.proxy.transport.CtrStream;
import io.netty.buffer.ByteBuf;

/** What happens to bytes on their way from one leg to the other. */
public sealed interface Passage {
  /**
   * Writes what the bytes become, and owns them.
   *
   * @return how many of them count for the accounts
   * @throws IllegalRecordException where a client's bytes are no records; nothing was written
   */
  int pass(ByteBuf bytes, Leg to) throws IllegalRecordException;

  /** Between a stranger and the cover: nothing happens to them. */
  record Verbatim() implements Passage {
    @Override
    public int pass(ByteBuf bytes, Leg to) {
      int length = bytes.readableBytes();
      to.write(bytes);
      return length;
    }
  }

  /** From a data centre, in the client's own key stream already (fast mode): only headers. */
  record Download() implements Passage {
    @Override
    public int pass(ByteBuf bytes, Leg to) {
      int length = bytes.readableBytes();
      Records.write(to, bytes);
      return length;
    }
  }

  /**
   * From a client: out of its records, out of its key stream, into the data centre's.
   *
   * @param scratch of the event loop
   * @param records where the client's records stand
   * @param from the stream that the client encrypts with
   * @param into the stream that the data centre decrypts with
   */
  record Upload(Scratch scratch, RecordReader records, CtrStream from, CtrStream into)
      implements Passage {
    @Override
    public int pass(ByteBuf bytes, Leg to) throws IllegalRecordException {
      byte[] plain = scratch.bytes();
      int length;
      try {
        length = records.read(bytes, plain, 0);
        if (bytes.isReadable()) {
          throw new IllegalStateException("a read is longer than the scratch space");
        }
      } catch (IllegalRecordException e) {
        bytes.release();
        throw e;
      }
      if (length == 0) {
        bytes.release();
        return 0;
      }
      scratch.uploads().apply(from, plain, 0, length);
      scratch.datacenters().apply(into, plain, 0, length);
      to.write(bytes.clear().writeBytes(plain, 0, length));
      return length;
    }
  }
}
