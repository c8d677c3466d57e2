package io.doppelfleet.proxy.record;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** No bytes make the client-record decoder throw anything but its own refusal. */
final class RecordReaderFuzzTest {
  @FuzzTest(maxDuration = "5s")
  void decodesAnything(byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    try {
      int end = new RecordReader().read(in, new byte[bytes.length], 0, bytes.length);
      if (in.isReadable() || end > bytes.length) {
        throw new AssertionError("bytes were left, or made");
      }
    } catch (IllegalRecordException e) {
      if (e.getMessage() == null) {
        throw new AssertionError("a refusal without a reason", e);
      }
    }
  }
}
