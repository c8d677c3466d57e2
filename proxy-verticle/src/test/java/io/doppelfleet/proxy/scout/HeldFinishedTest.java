package io.doppelfleet.proxy.scout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HeldFinishedTest {
  private static final byte[] HELLO = Served.record(22, new byte[] {1});
  private static final byte[] SPEC = Served.record(20, new byte[] {1});
  private static final byte[] FINISHED = Served.record(23, new byte[] {2});
  private static final byte[] REQUEST = Served.record(23, new byte[] {3});

  private final List<byte[]> written = new ArrayList<>();
  private final HeldFinished out =
      new HeldFinished(
          new OutputStream() {
            @Override
            public void write(int single) {
              throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
              ByteArrayOutputStream copy = new ByteArrayOutputStream();
              copy.write(bytes, offset, length);
              written.add(copy.toByteArray());
            }
          },
          new SplittableRandom(1));

  @Test
  void aFinishedLeavesRightBeforeTheFirstRequest() throws Exception {
    out.write(HELLO);
    out.write(SPEC);
    out.write(FINISHED);
    assertThat(written).containsExactly(HELLO);
    out.asks();
    out.write(REQUEST);
    out.write(REQUEST);
    assertThat(written).containsExactly(HELLO, Served.join(SPEC, FINISHED), REQUEST, REQUEST);
  }

  @Test
  void aSecondHelloWaitsForNothing() throws Exception {
    out.write(HELLO);
    out.write(SPEC);
    out.write(HELLO);
    assertThat(written).containsExactly(HELLO, SPEC, HELLO);
  }
}
