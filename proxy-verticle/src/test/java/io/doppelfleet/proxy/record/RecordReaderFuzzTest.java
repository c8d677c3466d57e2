package io.doppelfleet.proxy.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * No bytes make the client-record decoder throw anything but its own refusal, and whatever the
 * segments that they come in, they are the same records.
 */
final class RecordReaderFuzzTest {
  private static final int SEGMENTS = 8;

  @FuzzTest(maxDuration = "2s")
  void decodesAnythingAndTheSameInWhateverSegments(FuzzedDataProvider data) {
    byte[] segments = data.consumeBytes(SEGMENTS);
    byte[] bytes = data.consumeRemainingAsBytes();
    Decoded whole = decode(bytes, new byte[0]);
    Decoded split = decode(bytes, segments);
    assertThat(split.payload).isEqualTo(whole.payload);
    assertThat(split.end).isEqualTo(whole.end);
    assertThat(split.refusal).isEqualTo(whole.refusal);
    assertThat(split.betweenRecords).isEqualTo(whole.betweenRecords);
  }

  /**
   * What the decoder made of bytes.
   *
   * @param payload as long as they are, zeros after the end
   * @param end of the payload; -1 where they were refused
   * @param refusal null where they were not
   * @param betweenRecords whether they end with a whole record
   */
  @SuppressWarnings("ArrayRecordComponent") // its parts are compared
  private record Decoded(
      byte[] payload, int end, @Nullable String refusal, boolean betweenRecords) {}

  /** In segments of these lengths, again and again; in one where there are none. */
  private static Decoded decode(byte[] bytes, byte[] segments) {
    RecordReader reader = new RecordReader(true);
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    byte[] payload = new byte[bytes.length];
    int end = 0;
    try {
      for (int i = 0; in.isReadable(); i++) {
        int length =
            segments.length == 0 ? bytes.length : 1 + (segments[i % segments.length] & 0xff);
        ByteBuf segment = in.readSlice(Math.min(length, in.readableBytes()));
        end = reader.read(segment, payload, end, payload.length);
        assertThat(segment.isReadable()).as("bytes were left").isFalse();
      }
      return new Decoded(payload, end, null, reader.betweenRecords());
    } catch (IllegalRecordException e) {
      assertThat(e.getMessage()).as("a refusal's reason").isNotNull();
      return new Decoded(payload, -1, e.getMessage(), reader.betweenRecords());
    }
  }
}
