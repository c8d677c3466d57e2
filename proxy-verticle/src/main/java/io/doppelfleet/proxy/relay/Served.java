package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.address.ListGate;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whom a pair serves, by which secret and from where, and how much has passed: what a change of the
 * fleet's state asks of it. A part of the pair itself, for an object of its own would cost 16 bytes
 * more of each.
 */
abstract class Served {
  private final @Nullable Account account;

  /** The address, as {@link AddressBits} has it. */
  private final long high;

  private final long low;

  /** Of the listener by which it came. */
  private final ListGate gate;

  private long up;
  private long down;

  /** With nothing passed yet; null and null for a stranger. */
  Served(@Nullable Account account, @Nullable AddressBits from, ListGate gate) {
    this.account = account;
    this.gate = gate;
    this.high = from == null ? 0 : from.high();
    this.low = from == null ? 0 : from.low();
  }

  /** Of the secret by which it came; null for a stranger. */
  final @Nullable Account account() {
    return account;
  }

  /** By which it came; null for a stranger. */
  final @Nullable NamedSecret secret() {
    return account == null ? null : account.secret();
  }

  /** How many lists are asked for it at the most. */
  final int lists() {
    return gate.size();
  }

  /** Whether lists refuse a client now. */
  final boolean isListed() {
    return gate.refuse(high, low);
  }

  /** What else is said of it. */
  final Standing standing(NamedSecret own, Standing.Judge judge) {
    return judge.of(own, high, low);
  }

  /** The client's address, made anew. */
  final InetAddress from() {
    return new AddressBits(high, low).address();
  }

  /** So many bytes passed. */
  final void passed(boolean upward, int bytes) {
    if (upward) {
      up += bytes;
    } else {
      down += bytes;
    }
    if (account != null) {
      account.passed(upward, bytes);
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
