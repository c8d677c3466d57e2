package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.NamedSecret;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Whom a pair serves, by which secret and from where, and how much has passed: what a change of the
 * fleet's state asks of it. A part of the pair itself, for an object of its own would cost 16 bytes
 * more of each.
 */
abstract class Served {
  /** Of an IPv4 address that is written as IPv6's, RFC 4291, 2.5.5.2: the 32 bits before it. */
  private static final long MAPPED = 0xffffL << 32;

  private final @Nullable NamedSecret secret;

  /** The address as IPv6 has it: an object of the JDK's for one is 56 to 96 bytes. */
  private final long high;

  private final long low;
  private long up;
  private long down;

  /** With nothing passed yet; null and null for a stranger. */
  Served(@Nullable NamedSecret secret, @Nullable InetAddress from) {
    this.secret = secret;
    ByteBuffer address = ByteBuffer.wrap(from == null ? new byte[16] : from.getAddress());
    this.high = address.capacity() == 4 ? 0 : address.getLong();
    this.low =
        address.capacity() == 4
            ? MAPPED | Integer.toUnsignedLong(address.getInt())
            : address.getLong();
  }

  /** Of the state in which it came; null for a stranger. */
  final @Nullable NamedSecret secret() {
    return secret;
  }

  /** The client's address, made anew. */
  final InetAddress from() {
    try {
      return InetAddress.getByAddress(ByteBuffer.allocate(16).putLong(high).putLong(low).array());
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // 16 bytes are an address
    }
  }

  /** So many bytes passed. */
  final void passed(boolean upward, int bytes) {
    if (upward) {
      up += bytes;
    } else {
      down += bytes;
    }
  }

  /** Bytes that the near end sent and the far end was sent, without record headers. */
  final long up() {
    return up;
  }

  /** Bytes that the far end sent and the near end was sent, without record headers. */
  final long down() {
    return down;
  }
}
