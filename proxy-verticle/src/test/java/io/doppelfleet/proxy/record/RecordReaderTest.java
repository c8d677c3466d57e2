package io.doppelfleet.proxy.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Payloads are found in whatever pieces the records come. */
final class RecordReaderTest {
  @Property(tries = 200)
  void payloadsJoinWhateverTheSegments(
      @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 65_535) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 70_000) int segment)
      throws IllegalRecordException {
    ByteBuf wire = Unpooled.buffer().writeBytes(new byte[] {0x14, 3, 3, 0, 1, 1});
    ByteBuf payloads = Unpooled.buffer();
    byte next = 0;
    for (int length : lengths) {
      byte[] payload = new byte[length];
      Arrays.fill(payload, next++);
      wire.writeByte(0x17).writeShort(0x0303).writeShort(length).writeBytes(payload);
      payloads.writeBytes(payload);
    }
    RecordReader reader = new RecordReader(true);
    byte[] found = new byte[payloads.readableBytes()];
    int at = 0;
    while (wire.isReadable()) {
      at =
          reader.read(
              wire.readSlice(Math.min(segment, wire.readableBytes())), found, at, found.length);
    }
    assertThat(at).isEqualTo(found.length);
    assertThat(Unpooled.wrappedBuffer(found)).isEqualTo(payloads);
    assertThat(reader.betweenRecords()).isTrue();
  }

  /** OpenSSL 3.0 answers each with an alert just then: a header's or a whole record's last byte. */
  @Test
  void whatIsNoRecordIsRefusedByItsLastByteAndNotBefore() throws Exception {
    for (byte[] illegal :
        new byte[][] {
          {0x15, 3, 3, 0, 0},
          {0x15, 3, 1, 0, 2},
          {0x15, 3, 3, 0, 1, 2},
          {0x15, 3, 3, 0, 3, 2, 40, 0},
          {0x15, 3, 3, 0x41, 1},
          {0x16, 3, 3, 0, 2},
          {0x17, 3, 1, 0, 64},
          {0x17, 2, 3, 0, 64},
          {0x17, 3, 3, 0, 0},
          {0x14, 3, 1, 0, 1},
          {0x14, 3, 3, 0, 0},
          {0x14, 3, 3, 0, 2, 1, 1},
          {0x14, 3, 3, 0, 1, 2},
          {0x14, 3, 3, 0x41, 1},
          {0x17, 3, 3, 0, 1, 7, 0x14, 3, 3, 0, 1},
          {0x17, 3, 3, 0, 1, 7, 0x15, 3, 3, 0, 2}
        }) {
      RecordReader reader = new RecordReader(true);
      int last = illegal.length - 1;
      for (int i = 0; i < last; i++) {
        reader.read(Unpooled.wrappedBuffer(illegal, i, 1), new byte[9], 0, 9);
      }
      assertThatThrownBy(
              () -> reader.read(Unpooled.wrappedBuffer(illegal, last, 1), new byte[9], 0, 9))
          .describedAs(Arrays.toString(illegal))
          .isInstanceOf(IllegalRecordException.class);
      assertThatThrownBy(
              () -> new RecordReader(true).read(Unpooled.wrappedBuffer(illegal), new byte[9], 0, 9))
          .describedAs(Arrays.toString(illegal))
          .isInstanceOf(IllegalRecordException.class);
    }
  }

  /** OpenSSL goes on after an alert that a client has canceled, and ends at any other. */
  @Test
  void anAlertInTheClearIsToldByItsLastByte() throws Exception {
    for (byte description : new byte[] {0, 40, 42}) {
      byte[] alert = {
        0x14, 3, 3, 0, 1, 1, 0x15, 3, 3, 0, 2, 1, 90, 0x15, 3, 3, 0, 2, 2, description
      };
      RecordReader reader = new RecordReader(true);
      int last = alert.length - 1;
      for (int i = 0; i < last; i++) {
        reader.read(Unpooled.wrappedBuffer(alert, i, 1), new byte[9], 0, 9);
      }
      assertThatThrownBy(
              () -> reader.read(Unpooled.wrappedBuffer(alert, last, 1), new byte[9], 0, 9))
          .isInstanceOf(PlainAlertException.class);
    }
  }

  @Test
  void changesOfCipherSpecArePassedOverUpTo32() throws Exception {
    byte[] one = {0x14, 3, 3, 0, 1, 1};
    RecordReader reader = new RecordReader(true);
    for (int i = 0; i < 32; i++) {
      reader.read(Unpooled.wrappedBuffer(one), new byte[9], 0, 9);
    }
    assertThatThrownBy(() -> reader.read(Unpooled.wrappedBuffer(one), new byte[9], 0, 9))
        .isInstanceOf(IllegalRecordException.class);
  }

  /** OpenSSL's MAX_WARN_ALERT_COUNT is 5. */
  @Test
  void fourAlertsThatSayNothingArePassedOverAndTheFifthIsRefused() throws Exception {
    byte[] one = {0x15, 3, 3, 0, 2, 1, 90};
    RecordReader reader = new RecordReader(true);
    for (int i = 0; i < 4; i++) {
      reader.read(Unpooled.wrappedBuffer(one), new byte[9], 0, 9);
    }
    assertThatThrownBy(() -> reader.read(Unpooled.wrappedBuffer(one), new byte[9], 0, 9))
        .isExactlyInstanceOf(IllegalRecordException.class);
  }

  @Test
  void whereNoAlertIsTakenInTheClearEachIsARecordThatMakesNoSense() {
    for (byte description : new byte[] {0, 40, 90}) {
      byte[] alert = {0x15, 3, 3, 0, 2, 1, description};
      assertThatThrownBy(
              () -> new RecordReader(false).read(Unpooled.wrappedBuffer(alert), new byte[9], 0, 9))
          .isExactlyInstanceOf(IllegalRecordException.class);
    }
  }
}
