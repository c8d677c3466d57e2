package io.doppelfleet.proxy.hello;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;

/** No bytes make the hello's reader throw, or take more than it was given. */
final class HelloReaderFuzzTest {
  @FuzzTest(maxDuration = "2s")
  void readsAnything(byte[] bytes) {
    if (HelloReader.read(Unpooled.wrappedBuffer(bytes))
            instanceof HelloReader.Reading.Whole(ClientHello hello, int length)
        && (length > bytes.length || hello.signedBytes().length > bytes.length)) {
      throw new AssertionError("a hello of bytes that were not there");
    }
  }
}
