package io.doppelfleet.proxy.relay;

import io.doppelfleet.proxy.doppel.Burst;
import io.doppelfleet.proxy.doppel.Coming;
import io.doppelfleet.proxy.doppel.Shaper;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.Outgoing;
import io.doppelfleet.proxy.record.IllegalRecordException;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.record.Records;
import io.doppelfleet.proxy.transport.CtrStream;
import io.netty.buffer.ByteBuf;

/**
 * What happens to bytes on their way from one leg to the other, chunk by chunk: a plan says what
 * they become, and once it is known how much of that left, the plan is settled. What did not leave
 * comes again with the next chunk, which begins where the settled bytes end.
 */
sealed interface Passage {
  /** The longest chunk that it is worth to move at once, bytes. */
  int longest();

  /**
   * Plans.
   *
   * @param scratch of the event loop, here and in what follows
   * @param in what came, which stays the caller's
   * @param coming what is known of the bytes after these
   * @return how many bytes are to leave
   * @throws IllegalRecordException where a client's bytes are no records
   */
  int plan(Scratch scratch, ByteBuf in, Coming coming, Outgoing out) throws IllegalRecordException;

  /**
   * Settles the last plan.
   *
   * @param in what it was made of, from its first byte
   * @param planned what the plan came to
   * @param left how much of that left
   * @return how many bytes of the input are done with
   */
  int settle(Scratch scratch, ByteBuf in, int planned, int left);

  /** Whether bytes that came wait for more, so that they were not planned. */
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

  /** Whether the far end has seen whole records alone, so that one of ours may follow. */
  default boolean atBoundary() {
    return true;
  }

  /** No more will pass: what the loop knows of this passage it forgets. */
  default void end(Scratch scratch) {}

  /** Between a stranger and the cover: nothing happens to them. */
  record Verbatim() implements Passage {
    @Override
    public int longest() {
      return Legs.CHUNK;
    }

    @Override
    public int plan(Scratch scratch, ByteBuf in, Coming coming, Outgoing out) {
      out.piece(in, in.readerIndex(), in.readableBytes());
      return in.readableBytes();
    }

    @Override
    public int settle(Scratch scratch, ByteBuf in, int planned, int left) {
      return left;
    }
  }

  /**
   * From a data centre, in the client's own key stream already (fast mode): only headers, in the
   * places that the shaper says.
   */
  final class Download extends Burst implements Passage {
    /** Payload bytes that the record under way still wants; all of them have come. */
    private short rest;

    /** Bytes of its header that have not left; then no payload has either. */
    private byte headerRest;

    @Override
    public int longest() {
      return Legs.CHUNK;
    }

    @Override
    public int plan(Scratch scratch, ByteBuf in, Coming coming, Outgoing out) {
      ByteBuf headers = scratch.headers().clear();
      Shaper shaper = scratch.shaper();
      int start = in.readerIndex();
      int at = Math.min(rest, in.readableBytes());
      int planned = 0;
      if (rest > 0) {
        if (headerRest > 0) {
          int header = Records.writeHeader(headers, rest) + Records.HEADER_LENGTH - headerRest;
          out.lent(headers, header, headerRest);
          planned += headerRest;
        }
        out.piece(in, start, at);
        planned += at;
      }
      int records = shaper.plan(this, in.readableBytes() - at, coming, Wheel.micros());
      for (int record = 0; record < records; record++) {
        int payload = shaper.length(record);
        out.lent(headers, Records.writeHeader(headers, payload), Records.HEADER_LENGTH);
        out.piece(in, start + at, payload);
        planned += Records.HEADER_LENGTH + payload;
        at += payload;
      }
      return planned;
    }

    @Override
    public int settle(Scratch scratch, ByteBuf in, int planned, int left) {
      Shaper shaper = scratch.shaper();
      if (left == planned) {
        int done = Math.min(rest, in.readableBytes()) + shaper.planned();
        rest -= (short) Math.min(rest, in.readableBytes());
        headerRest = 0;
        shaper.left(this);
        return done;
      }
      int done = 0;
      int begun = 0;
      int remaining = left;
      while (true) {
        if (rest == 0) {
          if (remaining == 0) {
            break; // nothing of the next record has left: it may become another
          }
          rest = (short) shaper.length(begun++);
          headerRest = Records.HEADER_LENGTH;
        }
        int header = Math.min(headerRest, remaining);
        headerRest -= (byte) header;
        remaining -= header;
        int payload = Math.min(rest, remaining);
        rest -= (short) payload;
        remaining -= payload;
        done += payload;
        if (rest > 0) {
          break;
        }
      }
      shaper.left(this, begun);
      return done;
    }

    @Override
    public boolean atBoundary() {
      return rest == 0;
    }
  }

  /**
   * From a client: out of its records, out of its key stream, into the data centre's.
   *
   * @param records where the client's records stand
   * @param from the stream that the client encrypts with
   * @param into the stream that the data centre decrypts with
   */
  record Upload(RecordReader records, CtrStream from, CtrStream into) implements Passage {
    @Override
    public int longest() {
      return Scratch.LONGEST_UPLOAD;
    }

    @Override
    public int plan(Scratch scratch, ByteBuf in, Coming coming, Outgoing out)
        throws IllegalRecordException {
      scratch.before().become(records);
      byte[] plain = scratch.plain();
      int start = in.readerIndex();
      int length = records.read(in, plain, 0, plain.length);
      if (in.isReadable()) {
        throw new IllegalStateException("a chunk is longer than the scratch space");
      }
      in.readerIndex(start);
      if (length > 0) {
        scratch.uploads().apply(from, plain, 0, length);
        scratch.datacenters().apply(into, plain, 0, length);
        out.lent(scratch.sealed().clear().writeBytes(plain, 0, length), 0, length);
      }
      return length;
    }

    @Override
    public int settle(Scratch scratch, ByteBuf in, int planned, int left) {
      if (left == planned) {
        return in.readableBytes();
      }
      // The key streams go back by what stayed, the records to where what left ends.
      scratch.uploads().rewind(from, planned - left);
      scratch.datacenters().rewind(into, planned - left);
      records.become(scratch.before());
      int start = in.readerIndex();
      try {
        records.read(in, scratch.plain(), 0, left);
      } catch (IllegalRecordException e) {
        throw new IllegalStateException("records that were legal a moment ago", e);
      }
      int done = in.readerIndex() - start;
      in.readerIndex(start);
      return done;
    }

    @Override
    public void end(Scratch scratch) {
      scratch.uploads().forget(from);
      scratch.datacenters().forget(into);
    }
  }
}
