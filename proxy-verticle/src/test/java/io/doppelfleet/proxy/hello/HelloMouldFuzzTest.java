package io.doppelfleet.proxy.hello;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Whatever extensions a client sends: its kind is found, and a mould that there is makes hellos.
 */
final class HelloMouldFuzzTest {
  private static final int BEFORE = 5 + 4 + 2 + 32 + 1 + 2 + 2 + 2 + 2;

  @FuzzTest(maxDuration = "2s")
  void takesAnyExtensions(byte[] extensions) throws Exception {
    if (extensions.length > 4096) {
      return;
    }
    ClientHello hello;
    try {
      hello = hello(extensions);
    } catch (MalformedHelloException e) {
      return;
    }
    HelloKind.of(hello);
    HelloMould mould = HelloMould.of(hello, false).orElse(null);
    if (mould != null
        && !new ClientHello(mould.fresh("cover.example", new Random(1)))
            .kind()
            .equals(hello.kind())) {
      throw new AssertionError("a hello of another kind");
    }
  }

  /** With these and one suite. */
  static ClientHello hello(byte[] extensions) throws MalformedHelloException {
    ByteBuffer out = ByteBuffer.allocate(BEFORE + extensions.length);
    out.put((byte) 0x16).putShort((short) 0x0301).putShort((short) (out.capacity() - 5));
    out.putInt(1 << 24 | (out.capacity() - 9)).putShort((short) 0x0303);
    out.position(out.position() + 32).put((byte) 0).putShort((short) 2).putShort((short) 0x1301);
    out.put((byte) 1).put((byte) 0).putShort((short) extensions.length).put(extensions);
    return new ClientHello(out.array());
  }
}
