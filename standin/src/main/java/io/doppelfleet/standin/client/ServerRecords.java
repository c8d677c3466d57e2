package io.doppelfleet.standin.client;

/**
 * Takes the record headers out of what a proxy sends after its flight, in any segmentation. Its
 * state is two numbers, so that a held connection costs nothing.
 */
public final class ServerRecords {
  /** 2^14 and what TLS 1.3 adds in real stacks: the content type and the tag. */
  private static final int MAX_LENGTH = 16384 + 17;

  private int header;
  private int left;

  /**
   * Moves the payloads among these bytes to their front.
   *
   * @return how many bytes of payload there are from {@code offset} on
   * @throws BrokenRuleException when a record is not {@code 17 03 03} with 1..16401 bytes
   */
  public int strip(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int to = offset;
    for (int at = offset; at < end; ) {
      if (left > 0) {
        int run = Math.min(left, end - at);
        System.arraycopy(bytes, at, bytes, to, run);
        at += run;
        to += run;
        left -= run;
      } else {
        headerByte(bytes[at++] & 0xff);
      }
    }
    return to - offset;
  }

  /** Counts the bytes of a header in the top half of {@link #header}, collects the length below. */
  private void headerByte(int value) {
    int position = header >>> 16;
    switch (position) {
      case 0 -> require(value == Tls.APPLICATION_DATA, Rule.RECORD_TYPE, value);
      case 1, 2 -> require(value == 3, Rule.RECORD_VERSION, value);
      case 3 -> header |= value << 8;
      default -> {
        left = (header & 0xff00) | value;
        header = 0;
        require(left >= 1 && left <= MAX_LENGTH, Rule.RECORD_LENGTH, left);
        return;
      }
    }
    header += 1 << 16;
  }

  private static void require(boolean holds, Rule rule, int value) {
    if (!holds) {
      throw new BrokenRuleException(rule, String.valueOf(value));
    }
  }
}
