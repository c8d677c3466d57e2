package io.doppelfleet.proxy.list;

/** Prefixes as text that {@link ListReader} reads, without an object for each. */
final class PrefixText {
  private PrefixText() {}

  /**
   * Writes one.
   *
   * @param high of its first address, as {@code AddressBits} has it
   * @param length 0..128, as IPv6 has it: an IPv4 prefix's and 96
   */
  static StringBuilder append(StringBuilder to, long high, long low, int length) {
    if (length >= 96 && high == 0 && low >>> 32 == 0xffff) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        to.append(low >>> shift & 0xff).append(shift == 0 ? '/' : '.');
      }
      return to.append(length - 96);
    }
    appendGroups(to, high).append(':');
    return appendGroups(to, low).append('/').append(length);
  }

  private static StringBuilder appendGroups(StringBuilder to, long bits) {
    for (int shift = 48; shift >= 0; shift -= 16) {
      to.append(Long.toHexString(bits >>> shift & 0xffff)).append(shift == 0 ? "" : ":");
    }
    return to;
  }
}
