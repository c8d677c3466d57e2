package io.doppelfleet.proxy.relay;

import io.doppelfleet.proxy.doppel.Burst;
import io.doppelfleet.proxy.doppel.Coming;
import io.doppelfleet.proxy.doppel.Shaper;
import io.doppelfleet.proxy.leg.DescriptorLeg;
import io.doppelfleet.proxy.leg.HeapRoom;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.Outgoing;
import io.doppelfleet.proxy.record.IllegalRecordException;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.record.Records;
import io.doppelfleet.proxy.transport.Obfuscated2;
import io.doppelfleet.proxy.transport.UploadPosition;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What happens to bytes on their way from one leg to the other, chunk by chunk. */
sealed interface Passage {
  /**
   * How many bytes to take of a flow that goes on, so that none is left over.
   *
   * @param most bytes, with those that were kept
   * @return no more than that, and not 0
   */
  default int whole(Scratch scratch, int most) {
    return most;
  }

  /**
   * Takes what has come to a leg, into memory of the event loop's own.
   *
   * @param most bytes, no more than {@link Legs#CHUNK}
   * @return the bytes, none where nothing had come; good until the next chunk
   */
  default ByteBuf take(Scratch scratch, DescriptorLeg from, int most) {
    ByteBuf chunk = scratch.chunk();
    from.take(chunk, most);
    return chunk;
  }

  /**
   * Passes bytes on. What stays in the buffer either waits for more, as {@link #waits} then says,
   * or comes again with what follows.
   *
   * @param in what came, or a part of it
   * @param coming what is known of the bytes after these
   * @param out says what is to leave
   * @return how many bytes are passed on, without what records add
   * @throws IllegalRecordException where a client's bytes are no records
   */
  int pass(Scratch scratch, ByteBuf in, Coming coming, Outgoing out) throws IllegalRecordException;

  /** Whether bytes that came wait for more. */
  default boolean waits() {
    return false;
  }

  /** How long they are to wait, microseconds; 0 or less if they have. */
  default int left(long now) {
    return 0;
  }

  /**
   * Whether who sends was in the midst of something when the last byte came.
   *
   * @param waiting bytes
   * @param segment of its TCP, bytes; 0 where that is not known
   */
  default boolean brokenOff(int waiting, int segment) {
    return false;
  }

  /** Something passed the other way. */
  default void asked() {}

  /**
   * What may follow bytes that have just come, where their sender has not closed.
   *
   * @param waiting those bytes
   */
  default Coming after(Scratch scratch, int waiting, DescriptorLeg from) {
    return Coming.PERHAPS;
  }

  /** No more will pass: what the loop knows of this passage it forgets. */
  default void end(Scratch scratch) {}

  /** Between a stranger and the cover: nothing happens to them. */
  record Verbatim() implements Passage {
    /** Any two are the same. */
    static final Verbatim ONE = new Verbatim();

    @Override
    public int pass(Scratch scratch, ByteBuf in, Coming coming, Outgoing out) {
      int length = in.readableBytes();
      out.piece(in, in.readerIndex(), length);
      in.skipBytes(length);
      return length;
    }
  }

  /** The same, but somebody is given the first of them. */
  final class Awaited implements Passage {
    private @Nullable Consumer<ByteBuf> somebody;

    Awaited(Consumer<ByteBuf> somebody) {
      this.somebody = somebody;
    }

    @Override
    public int pass(Scratch scratch, ByteBuf in, Coming coming, Outgoing out) {
      Consumer<ByteBuf> waits = somebody;
      if (waits != null) {
        somebody = null;
        waits.accept(in);
      }
      return Verbatim.ONE.pass(scratch, in, coming, out);
    }
  }

  /**
   * From a data centre, in the client's own key stream already (fast mode): only headers, in the
   * places that the shaper says.
   */
  final class Download extends Burst implements Passage {
    @Override
    public int whole(Scratch scratch, int most) {
      return scratch.shaper().whole(this, most);
    }

    @Override
    public Coming after(Scratch scratch, int waiting, DescriptorLeg from) {
      return scratch.shaper().asksForSegment(this, waiting, Wheel::micros)
              && endsShort(waiting, from.segment())
          ? Coming.HARDLY
          : Coming.PERHAPS;
    }

    @Override
    public int pass(Scratch scratch, ByteBuf in, Coming coming, Outgoing out) {
      ByteBuf headers = scratch.headers().clear();
      Shaper shaper = scratch.shaper();
      int records = shaper.plan(this, in.readableBytes(), coming, Wheel.micros());
      for (int record = 0; record < records; record++) {
        int payload = shaper.length(record);
        if (record == 0 && scratch.hasHeadroom(in)) {
          // A message in one record leaves in one piece, which the kernel takes for less.
          Records.setHeader(in, in.readerIndex(), payload);
          out.piece(in, in.readerIndex() - Records.HEADER_LENGTH, Records.HEADER_LENGTH + payload);
        } else {
          out.lent(headers, Records.writeHeader(headers, payload), Records.HEADER_LENGTH);
          out.piece(in, in.readerIndex(), payload);
        }
        in.skipBytes(payload);
      }
      shaper.left(this);
      return shaper.planned();
    }
  }

  /** From a client: out of its records, out of its key stream, into the data centre's. */
  final class Upload extends UploadPosition implements Passage {
    /**
     * For one client.
     *
     * @param records where its records stand
     * @param opened by its header
     */
    Upload(RecordReader records, Obfuscated2 opened) {
      super(records, opened);
    }

    @Override
    public ByteBuf take(Scratch scratch, DescriptorLeg leg, int most) {
      return scratch.uploaded(leg.take(scratch.uploaded(), most));
    }

    @Override
    public int pass(Scratch scratch, ByteBuf in, Coming coming, Outgoing out)
        throws IllegalRecordException {
      byte[] plain = scratch.plain();
      int length = 0;
      for (int run = next(in); run > 0; run = next(in)) {
        scratch.ciphers().open(this, in, run, plain, length);
        took(run);
        length += run;
      }
      if (length > 0) {
        HeapRoom sealed = scratch.sealed();
        scratch.ciphers().seal(this, plain, length, sealed.bytes());
        out.lent(sealed, length);
      }
      return length;
    }

    @Override
    public void end(Scratch scratch) {
      scratch.ciphers().forget(this);
    }
  }
}
