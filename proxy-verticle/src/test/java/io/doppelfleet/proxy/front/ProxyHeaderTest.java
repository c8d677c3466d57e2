package io.doppelfleet.proxy.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.front.ProxyHeader.Reading;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.handler.codec.haproxy.HAProxyTLV;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Held against Netty's reader and writer of the same headers. */
final class ProxyHeaderTest {
  @Property(tries = 300)
  void whatAnotherWritesIsReadInWhateverPieces(
      @ForAll boolean binary,
      @ForAll boolean ipv4,
      @ForAll @Size(32) byte[] addresses,
      @ForAll @IntRange(max = 0xffff) int fromPort,
      @ForAll @IntRange(max = 0xffff) int toPort,
      @ForAll @IntRange(max = 900) int more,
      @ForAll @IntRange(max = 40) int behind)
      throws Exception {
    InetAddress from = address(addresses, 0, ipv4);
    InetAddress to = address(addresses, 16, ipv4);
    if ((from.getAddress().length == 4) != ipv4 || (to.getAddress().length == 4) != ipv4) {
      return; // of IPv4, written as IPv6's
    }
    byte[] header =
        encoded(
            new HAProxyMessage(
                binary ? HAProxyProtocolVersion.V2 : HAProxyProtocolVersion.V1,
                HAProxyCommand.PROXY,
                ipv4 ? HAProxyProxiedProtocol.TCP4 : HAProxyProxiedProtocol.TCP6,
                from.getHostAddress(),
                to.getHostAddress(),
                fromPort,
                toPort,
                binary
                    ? List.of(new HAProxyTLV((byte) 0xe0, Unpooled.buffer().writeZero(more)))
                    : List.of()));
    byte[] all = Arrays.copyOf(header, header.length + behind);
    assertThat(read(all))
        .isEqualTo(
            new Reading.Whole(
                header.length,
                new Ends(
                    new InetSocketAddress(from, fromPort), new InetSocketAddress(to, toPort))));
    for (int length = 0; length < header.length; length++) {
      assertThat(read(Arrays.copyOf(all, length))).isInstanceOf(Reading.NeedsMore.class);
    }
  }

  @Property(tries = 300)
  void whatIsWrittenAnotherReads(
      @ForAll ProxyVersion version,
      @ForAll boolean ipv4,
      @ForAll boolean toIpv4,
      @ForAll @Size(32) byte[] addresses,
      @ForAll @IntRange(min = 1, max = 0xffff) int port)
      throws Exception {
    Ends ends =
        new Ends(
            new InetSocketAddress(address(addresses, 0, ipv4), port),
            new InetSocketAddress(address(addresses, 16, toIpv4), 443));
    HAProxyMessage read = decoded(version.of(ends));
    assertThat(InetAddress.getByName(read.sourceAddress())).isEqualTo(ends.from().getAddress());
    assertThat(InetAddress.getByName(read.destinationAddress())).isEqualTo(ends.to().getAddress());
    assertThat(read.sourcePort()).isEqualTo(port);
    assertThat(read.destinationPort()).isEqualTo(443);
    assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(version.of(ends))))
        .isEqualTo(new Reading.Whole(version.of(ends).length, ends));
    read.release();
  }

  @Example
  void anOwnConnectionSaysNothingOfAnybody() {
    for (ProxyVersion version : ProxyVersion.values()) {
      byte[] own = version.own();
      HAProxyMessage read = decoded(own);
      assertThat(read.sourceAddress()).isNull();
      read.release();
      assertThat(read(own)).isEqualTo(new Reading.Whole(own.length, null));
    }
    assertThat(line("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"))
        .isInstanceOf(Reading.Whole.class);
  }

  @Example
  void whatIsNoHeaderIsKnownForItAsSoonAsItCanBe() {
    for (String text :
        List.of(
            "G",
            "\u0016\u0003\u0001",
            "PROXY\r\n",
            "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
            "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n",
            "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n",
            "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
            "PROXY TCP4 192.0.2.1 192.0.2.2 1 02\r\n",
            "PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n",
            "PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n",
            "PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n",
            "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
            "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
            "PROXY TCP6 2001:db8::1::1 2001:db8::2 1 2\r\n",
            "PROXY TCP6 fe80::1%lo 2001:db8::2 1 2\r\n",
            "PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n",
            "PROXY UNKNOWN " + "x".repeat(ProxyHeader.LONGEST_LINE))) {
      assertThat(line(text)).as(text).isInstanceOf(Reading.Malformed.class);
    }
  }

  @Example
  void ofTheBinaryFormOnlyWhatIsKnownIsTaken() {
    assertThat(binary(0x21, 0x11, 11)).as("too short").isInstanceOf(Reading.Malformed.class);
    assertThat(binary(0x21, 0x21, 35)).as("too short").isInstanceOf(Reading.Malformed.class);
    assertThat(binary(0x11, 0x11, 12)).as("version 1").isInstanceOf(Reading.Malformed.class);
    assertThat(binary(0x22, 0x11, 12)).as("command 2").isInstanceOf(Reading.Malformed.class);
    assertThat(binary(0x21, 0x12, 12)).as("UDP").isInstanceOf(Reading.Malformed.class);
    assertThat(binary(0x21, 0x11, 4081)).as("too long").isInstanceOf(Reading.Malformed.class);
    assertThat(binary(0x21, 0x11, 4080)).isInstanceOf(Reading.Whole.class);
    assertThat(binary(0x20, 0x11, 3)).isEqualTo(new Reading.Whole(19, null));
    assertThat(binary(0x21, 0x31, 216)).isEqualTo(new Reading.Whole(232, null));
    assertThat(binary(0x21, 0x00, 0)).isEqualTo(new Reading.Whole(16, null));
  }

  private static Reading binary(int command, int family, int length) {
    return ProxyHeader.read(
        Unpooled.buffer()
            .writeBytes(ProxyVersion.V2.own(), 0, 12)
            .writeByte(command)
            .writeByte(family)
            .writeShort(length)
            .writeZero(length));
  }

  private static Reading line(String text) {
    return read(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static Reading read(byte[] bytes) {
    return ProxyHeader.read(Unpooled.wrappedBuffer(bytes));
  }

  private static InetAddress address(byte[] bytes, int from, boolean ipv4)
      throws UnknownHostException {
    return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + (ipv4 ? 4 : 16)));
  }

  private static byte[] encoded(HAProxyMessage message) {
    EmbeddedChannel channel = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
    channel.writeOutbound(message);
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      all.writeBytes(part);
      part.release();
    }
    channel.finishAndReleaseAll();
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes);
    return bytes;
  }

  private static HAProxyMessage decoded(byte[] header) {
    EmbeddedChannel channel = new EmbeddedChannel(new HAProxyMessageDecoder());
    channel.writeInbound(Unpooled.wrappedBuffer(header));
    HAProxyMessage message = channel.readInbound();
    channel.finishAndReleaseAll();
    assertThat(message).isNotNull();
    return message;
  }
}
