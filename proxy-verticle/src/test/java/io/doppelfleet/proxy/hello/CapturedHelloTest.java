package io.doppelfleet.proxy.hello;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The ten hellos that were captured from real clients are read, and their secret and time found.
 */
final class CapturedHelloTest {
  private static final byte[] KEY = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mtcute-clienthello-1",
        "tdesktop465-clienthello-1",
        "tdesktop465-clienthello-2",
        "tdesktop465-clienthello-3",
        "tdesktop465-clienthello-4",
        "tdlib-clienthello-1",
        "tdlib-clienthello-2",
        "tdlib-clienthello-3",
        "tdlib-clienthello-4",
        "tdlib-clienthello-5"
      })
  void isReadAndMatches(String name) throws IOException {
    ByteBuf bytes = Unpooled.wrappedBuffer(resource(name + ".bin"));
    HelloReader.Reading reading = HelloReader.read(bytes);
    assertThat(reading).isInstanceOf(HelloReader.Reading.Whole.class);
    HelloReader.Reading.Whole whole = (HelloReader.Reading.Whole) reading;
    ClientHello hello = whole.hello();
    assertThat(whole.length()).isEqualTo(bytes.readableBytes());
    assertThat(hello.share(ClientHello.X25519)).hasSize(32);
    HelloDigest digest = new HelloDigest();
    digest.message(hello.signedBytes());
    assertThat(digest.matches(KEY, hello)).isTrue();
    String facts = new String(resource(name + ".json"), StandardCharsets.UTF_8);
    assertThat(hello.serverName()).isEqualTo(field(facts, "domain").replace("\"", ""));
    long captured = Long.parseLong(field(facts, "unix_time_captured"));
    assertThat(digest.time(hello)).isCloseTo(captured, within(5L));
    for (int cut = 0; cut < bytes.readableBytes(); cut++) {
      assertThat(HelloReader.read(bytes.slice(0, cut)))
          .isInstanceOf(HelloReader.Reading.NeedsMore.class);
    }
  }

  private static String field(String json, String name) {
    Matcher value = Pattern.compile("\"" + name + "\": ([^,\\s]+)").matcher(json);
    assertThat(value.find()).isTrue();
    return Objects.requireNonNull(value.group(1));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = CapturedHelloTest.class.getResourceAsStream("/clienthello/" + name)) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }
}
