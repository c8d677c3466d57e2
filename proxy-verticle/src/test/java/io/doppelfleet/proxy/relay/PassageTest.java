package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.doppel.Coming;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.Shaper;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.leg.HeapRoom;
import io.doppelfleet.proxy.leg.Outgoing;
import io.doppelfleet.proxy.record.IllegalRecordException;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.transport.Obfuscated2;
import io.doppelfleet.proxy.transport.TestClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Random;
import javax.crypto.Cipher;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** In whatever chunks bytes come, the same arrive in the end. */
final class PassageTest {
  private Scratch scratch = scratch(Shaping.OFF);

  static Scratch scratch(Shaping shaping) {
    Profile profile = Profile.unknown(new HostPort("cover.example", 443));
    return new Scratch(new Random(1), new Shaper(new Doppel(profile), shaping, new Random(1)));
  }

  @Property(tries = 300)
  void downloadsAreWholeRecordsInWhateverChunksTheyCome(
      @ForAll @IntRange(min = 1, max = 90_000) int length,
      @ForAll @IntRange(min = 100, max = 70_000) int chunk,
      @ForAll Coming coming,
      @ForAll Shaping shaping)
      throws Exception {
    scratch = scratch(shaping);
    byte[] content = random(length);
    ByteBuf wire = pass(new Passage.Download(), Unpooled.wrappedBuffer(content), chunk, coming);
    RecordReader reader = new RecordReader(true);
    byte[] found = new byte[length];
    assertThat(reader.read(wire, found, 0, length)).isEqualTo(length);
    assertThat(reader.betweenRecords()).isTrue();
    assertThat(wire.isReadable()).isFalse();
    assertThat(found).isEqualTo(content);
    wire.release();
  }

  @Property(tries = 300)
  void uploadsAreDecryptedOnceInWhateverChunksTheyCome(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 20_000) Integer> records,
      @ForAll @IntRange(min = 1, max = 65_536) int chunk,
      @ForAll boolean onTheHeap,
      @ForAll Random random)
      throws Exception {
    byte[] content = random(records.stream().mapToInt(Integer::intValue).sum());
    TestClient client = TestClient.random(random);
    Obfuscated2 opened = client.opened();
    byte[] sealed = client.sends(content);
    ByteBuf wire = onTheHeap ? Unpooled.buffer() : Unpooled.directBuffer();
    wire.writeBytes(new byte[] {0x14, 3, 3, 0, 1, 1});
    int at = 0;
    for (int length : records) {
      wire.writeByte(0x17).writeShort(0x0303).writeShort(length).writeBytes(sealed, at, length);
      at += length;
    }
    Passage upload = new Passage.Upload(new RecordReader(true), opened);
    ByteBuf arrived = pass(upload, wire, chunk, Coming.PERHAPS);
    byte[] found = new byte[arrived.readableBytes()];
    arrived.readBytes(found).release();
    byte[] header = opened.towardsDatacenter(random, scratch.ciphers());
    Cipher datacenter = TestClient.datacenter(header);
    datacenter.update(header);
    assertThat(datacenter.update(found)).isEqualTo(content);
  }

  @Property(tries = 50)
  void strangersBytesPassAsTheyAre(@ForAll @IntRange(min = 1, max = 60_000) int length)
      throws Exception {
    byte[] content = random(length);
    ByteBuf arrived =
        pass(
            new Passage.Verbatim(),
            Unpooled.directBuffer().writeBytes(content),
            16_384,
            Coming.PERHAPS);
    byte[] found = new byte[arrived.readableBytes()];
    arrived.readBytes(found).release();
    assertThat(found).isEqualTo(content);
  }

  /**
   * As a pump does: what stayed comes again with the next chunk, and after the last one nothing.
   */
  private ByteBuf pass(Passage passage, ByteBuf wire, int chunk, Coming coming)
      throws IllegalRecordException {
    ByteBuf arrived = Unpooled.buffer();
    ByteBuf kept = Unpooled.EMPTY_BUFFER;
    while (wire.isReadable()) {
      ByteBuf next = wire.readSlice(Math.min(chunk, wire.readableBytes()));
      ByteBuf in = Unpooled.copiedBuffer(kept, next);
      Coming known = wire.isReadable() ? coming : Coming.NONE;
      int passed;
      do {
        int before = in.readableBytes();
        passed = passage.pass(scratch, in, known, new Sent(arrived));
        assertThat(passed).isLessThanOrEqualTo(before - in.readableBytes());
      } while (in.isReadable() && passed > 0 && !passage.waits());
      kept = in;
      assertThat(kept.readableBytes()).isLessThanOrEqualTo(Shaper.MOST_KEPT);
    }
    assertThat(kept.isReadable()).isFalse();
    wire.release();
    return arrived;
  }

  private record Sent(ByteBuf bytes) implements Outgoing {
    @Override
    public void piece(ByteBuf in, int index, int length) {
      bytes.writeBytes(in, index, length);
    }

    @Override
    public void lent(ByteBuf memory, int index, int length) {
      bytes.writeBytes(memory, index, length);
    }

    @Override
    public void lent(HeapRoom room, int length) {
      bytes.writeBytes(room.bytes(), 0, length);
    }
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
