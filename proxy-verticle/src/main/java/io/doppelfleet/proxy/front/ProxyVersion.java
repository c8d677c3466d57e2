package io.doppelfleet.proxy.front;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** How the PROXY protocol's header is written. */
public enum ProxyVersion {
  /** A line of text. */
  V1 {
    @Override
    public byte[] own() {
      return "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    byte[] of(InetAddress from, int fromPort, InetAddress to, int toPort, boolean ipv4) {
      String line =
          "PROXY %s %s %s %d %d\r\n"
              .formatted(
                  ipv4 ? "TCP4" : "TCP6", text(from, ipv4), text(to, ipv4), fromPort, toPort);
      return line.getBytes(StandardCharsets.US_ASCII);
    }
  },

  /** Numbers. */
  V2 {
    @Override
    public byte[] own() {
      return header(0x20, 0x00, 0).array();
    }

    @Override
    byte[] of(InetAddress from, int fromPort, InetAddress to, int toPort, boolean ipv4) {
      return header(0x21, ipv4 ? 0x11 : 0x21, ipv4 ? 12 : 36)
          .writeBytes(bytes(from, ipv4))
          .writeBytes(bytes(to, ipv4))
          .writeShort(fromPort)
          .writeShort(toPort)
          .array();
    }
  };

  /** What stands before a connection that is our own (LOCAL, or UNKNOWN). */
  public abstract byte[] own();

  abstract byte[] of(InetAddress from, int fromPort, InetAddress to, int toPort, boolean ipv4);

  /** What stands before a connection that is passed on; of IPv6 where one of its ends is. */
  public byte[] of(Ends ends) {
    InetSocketAddress from = ends.from();
    InetSocketAddress to = ends.to();
    boolean ipv4 =
        from.getAddress() instanceof Inet4Address && to.getAddress() instanceof Inet4Address;
    return of(from.getAddress(), from.getPort(), to.getAddress(), to.getPort(), ipv4);
  }

  private static ByteBuf header(int command, int family, int length) {
    byte[] signature = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    byte[] all = new byte[signature.length + 4 + length];
    return Unpooled.wrappedBuffer(all)
        .clear()
        .writeBytes(signature)
        .writeByte(command)
        .writeByte(family)
        .writeShort(length);
  }

  private static byte[] bytes(InetAddress address, boolean ipv4) {
    byte[] own = address.getAddress();
    if (ipv4 || own.length == 16) {
      return own;
    }
    byte[] mapped = new byte[16]; // RFC 4291, 2.5.5.2
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    System.arraycopy(own, 0, mapped, 12, own.length);
    return mapped;
  }

  /** Without a link's name, which an address of the JDK's may have. */
  private static String text(InetAddress address, boolean ipv4) {
    if (ipv4) {
      return address.getHostAddress();
    }
    byte[] bytes = bytes(address, false);
    StringBuilder groups = new StringBuilder();
    for (int i = 0; i < bytes.length; i += 2) {
      int group = Byte.toUnsignedInt(bytes[i]) << 8 | Byte.toUnsignedInt(bytes[i + 1]);
      groups.append(i == 0 ? "" : ":").append(Integer.toHexString(group));
    }
    return groups.toString();
  }
}
