package io.doppelfleet.bench.stealth.records;

import io.doppelfleet.bench.stealth.wire.Wire;
import java.util.ArrayList;
import java.util.List;

/**
 * The records that answer a request.
 *
 * @param sizes payload lengths, in bytes
 * @param nanos when each was whole, since the request
 */
record Response(List<Integer> sizes, List<Long> nanos) {
  private static final int HEADER = 5;

  Response {
    sizes = List.copyOf(sizes);
    nanos = List.copyOf(nanos);
  }

  /** What has come on a wire from an offset on, where a record begins. */
  static Response read(Wire wire, int from, long asked) {
    List<Integer> sizes = new ArrayList<>();
    List<Long> nanos = new ArrayList<>();
    int at = from;
    while (wire.receivedLength() >= at + HEADER) {
      int length = wire.u16(at + 3);
      if (wire.receivedLength() < at + HEADER + length) {
        break;
      }
      at += HEADER + length;
      sizes.add(length);
      nanos.add(wire.arrivedAt(at - 1) - asked);
    }
    return new Response(sizes, nanos);
  }

  int bytes() {
    return sizes.stream().mapToInt(Integer::intValue).sum();
  }
}
