package io.doppelfleet.proxy.relay;

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
   * @param in what came, which stays the caller's
   * @return how many bytes are to leave
   * @throws IllegalRecordException where a client's bytes are no records
   */
  int plan(ByteBuf in, Outgoing out) throws IllegalRecordException;

  /**
   * Settles the last plan.
   *
   * @param in what it was made of, from its first byte
   * @param planned what the plan came to
   * @param left how much of that left
   * @return how many bytes of the input are done with
   */
  int settle(ByteBuf in, int planned, int left);

  /** Whether the far end has seen whole records alone, so that one of ours may follow. */
  default boolean atBoundary() {
    return true;
  }

  /** No more will pass: what the loop knows of this passage it forgets. */
  default void end() {}

  /** Between a stranger and the cover: nothing happens to them. */
  record Verbatim() implements Passage {
    @Override
    public int longest() {
      return Legs.CHUNK;
    }

    @Override
    public int plan(ByteBuf in, Outgoing out) {
      out.piece(in, in.readerIndex(), in.readableBytes());
      return in.readableBytes();
    }

    @Override
    public int settle(ByteBuf in, int planned, int left) {
      return left;
    }
  }

  /** From a data centre, in the client's own key stream already (fast mode): only headers. */
  final class Download implements Passage {
    private final ByteBuf headers;

    /** Payload bytes that the record under way still wants. */
    private int rest;

    /** Bytes of its header that have not left; then no payload has either. */
    private int headerRest;

    Download(Scratch scratch) {
      this.headers = scratch.headers();
    }

    @Override
    public int longest() {
      return Legs.CHUNK;
    }

    @Override
    public int plan(ByteBuf in, Outgoing out) {
      headers.clear();
      int start = in.readerIndex();
      int length = in.readableBytes();
      int planned = 0;
      int at = 0;
      if (rest > 0) {
        if (headerRest > 0) {
          int header = Records.writeHeader(headers, rest) + Records.HEADER_LENGTH - headerRest;
          out.lent(headers, header, headerRest);
          planned += headerRest;
        }
        at = Math.min(rest, length);
        out.piece(in, start, at);
        planned += at;
      }
      while (at < length) {
        int payload = Math.min(length - at, Records.LARGEST_PAYLOAD);
        out.lent(headers, Records.writeHeader(headers, payload), Records.HEADER_LENGTH);
        out.piece(in, start + at, payload);
        planned += Records.HEADER_LENGTH + payload;
        at += payload;
      }
      return planned;
    }

    @Override
    public int settle(ByteBuf in, int planned, int left) {
      int length = in.readableBytes();
      if (left == planned) {
        rest = Math.max(0, rest - length);
        headerRest = 0;
        return length;
      }
      int done = 0;
      int remaining = left;
      while (true) {
        if (rest == 0) {
          if (remaining == 0) {
            return done; // nothing of the next record has left: it may become another
          }
          rest = Math.min(length - done, Records.LARGEST_PAYLOAD);
          headerRest = Records.HEADER_LENGTH;
        }
        int header = Math.min(headerRest, remaining);
        headerRest -= header;
        remaining -= header;
        int payload = Math.min(rest, remaining);
        rest -= payload;
        remaining -= payload;
        done += payload;
        if (rest > 0) {
          return done;
        }
      }
    }

    @Override
    public boolean atBoundary() {
      return rest == 0;
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
    public int longest() {
      return Scratch.LONGEST_UPLOAD;
    }

    @Override
    public int plan(ByteBuf in, Outgoing out) throws IllegalRecordException {
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
    public int settle(ByteBuf in, int planned, int left) {
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
    public void end() {
      scratch.uploads().forget(from);
      scratch.datacenters().forget(into);
    }
  }
}
