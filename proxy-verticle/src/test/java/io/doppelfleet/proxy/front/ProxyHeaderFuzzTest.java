package io.doppelfleet.proxy.front;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** No bytes make the reader throw, take too long a header, or change its mind. */
final class ProxyHeaderFuzzTest {
  private static final byte[] BINARY = ProxyVersion.V2.own();

  @FuzzTest(maxDuration = "2s")
  void anythingIsReadAndTheSameInWhateverPieces(FuzzedDataProvider data) {
    boolean signed = data.consumeBoolean();
    int cut = data.consumeInt(0, ProxyHeader.LONGEST);
    byte[] said = data.consumeRemainingAsBytes();
    ByteBuf bytes =
        signed
            ? Unpooled.wrappedBuffer(
                Unpooled.wrappedBuffer(BINARY, 0, 12), Unpooled.wrappedBuffer(said))
            : Unpooled.wrappedBuffer(said);
    ProxyHeader.Reading whole = ProxyHeader.read(bytes);
    ProxyHeader.Reading part =
        ProxyHeader.read(bytes.slice(0, Math.min(cut, bytes.readableBytes())));
    switch (whole) {
      case ProxyHeader.Reading.NeedsMore more -> {
        assertThat(bytes.readableBytes()).isLessThan(ProxyHeader.LONGEST);
        assertThat(part).isEqualTo(whole);
      }
      case ProxyHeader.Reading.Malformed malformed ->
          assertThat(part).isNotInstanceOf(ProxyHeader.Reading.Whole.class);
      case ProxyHeader.Reading.Whole header -> {
        assertThat(header.length()).isLessThanOrEqualTo(ProxyHeader.LONGEST);
        if (cut < header.length()) {
          assertThat(part).isInstanceOf(ProxyHeader.Reading.NeedsMore.class);
        } else {
          assertThat(part).isEqualTo(whole);
        }
      }
    }
    assertThat(bytes.readerIndex()).isZero();
  }
}
