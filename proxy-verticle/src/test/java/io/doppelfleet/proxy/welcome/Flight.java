package io.doppelfleet.proxy.welcome;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloDigest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** A server's flight as a strict client reads it. */
final class Flight {
  private static final byte[] KEY = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");

  int suite;
  int group;
  int sealed;
  byte[] share = {};
  final List<Integer> order = new ArrayList<>();

  private Flight() {}

  static Flight of(Welcome welcome, ClientHello hello) {
    byte[] bytes = Objects.requireNonNull(welcome.flight(hello, KEY)).bytes();
    Flight flight = new Flight();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    assertThat(in.get()).isEqualTo((byte) 22);
    assertThat(in.getShort()).isEqualTo((short) 0x0303);
    ByteBuffer message = part(in, in.getShort());
    assertThat(message.getInt()).isEqualTo(2 << 24 | message.remaining());
    assertThat(message.getShort()).isEqualTo((short) 0x0303);
    byte[] random = bytes(message, 32);
    assertThat(bytes(message, message.get() & 0xff)).isEqualTo(hello.sessionId());
    flight.suite = message.getShort();
    assertThat(hello.suites()).contains(flight.suite);
    assertThat(message.get()).isZero();
    flight.extensions(part(message, message.getShort()));
    assertThat(message.hasRemaining()).isFalse();
    assertThat(bytes(in, 6)).containsExactly(20, 3, 3, 0, 1, 1);
    assertThat(in.get()).isEqualTo((byte) 23);
    assertThat(in.getShort()).isEqualTo((short) 0x0303);
    flight.sealed = in.getShort();
    assertThat(in.remaining()).isEqualTo(flight.sealed);
    byte[] signed = bytes.clone();
    Arrays.fill(signed, 11, 11 + 32, (byte) 0);
    HelloDigest digest = new HelloDigest();
    digest.message(hello.random(), signed);
    assertThat(random).isEqualTo(digest.under(KEY));
    return flight;
  }

  private void extensions(ByteBuffer in) {
    while (in.hasRemaining()) {
      int type = in.getShort();
      ByteBuffer body = part(in, in.getShort());
      order.add(type);
      if (type == 43) {
        assertThat(body.getShort()).isEqualTo((short) 0x0304);
      } else {
        assertThat(type).isEqualTo(51);
        group = body.getShort();
        share = bytes(body, body.getShort());
      }
      assertThat(body.hasRemaining()).isFalse();
    }
    assertThat(share).hasSize(group == ClientHello.X25519 ? 32 : 1088 + 32);
  }

  private static ByteBuffer part(ByteBuffer in, int length) {
    ByteBuffer part = in.slice(in.position(), length);
    in.position(in.position() + length);
    return part;
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
