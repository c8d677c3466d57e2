package io.doppelfleet.proxy.doppel;

import java.util.List;

/**
 * What the cover's responses look like as records.
 *
 * @param protocol that it negotiates for the clients' hellos: {@code h2} or {@code http/1.1}
 * @param steady payload length of a record in the midst of a long response, 1..16401 bytes
 * @param opening payload lengths of the records that come on a connection once, before its first
 *     answer or with it, where the request comes with the client's Finished: session tickets, and
 *     over h2 settings, alone or with that answer's head
 * @param firsts what was seen of responses that came first on a connection, with the opening in
 *     them; the newest last
 * @param responses what was seen of others, the newest last
 */
public record Traffic(
    String protocol,
    int steady,
    List<Integer> opening,
    List<Response> firsts,
    List<Response> responses) {
  /** 2^14 bytes, the inner type and the tag; what any client takes. */
  public static final int LONGEST_STEADY = 16_401;

  /** Copies the lists. */
  public Traffic {
    opening = List.copyOf(opening);
    firsts = List.copyOf(firsts);
    responses = List.copyOf(responses);
  }

  /** Of a cover whose first response on a connection is like all others. */
  public Traffic(String protocol, int steady, List<Response> responses) {
    this(protocol, steady, List.of(), List.of(), responses);
  }

  /**
   * One response, its first records.
   *
   * @param sizes payload lengths in bytes, each 1..16640
   * @param gapsMicros before each record: since the request for the first, since the record before
   *     for the others; 0 where they came together
   * @param bytes of all its records' payloads, those left out included
   */
  public record Response(List<Integer> sizes, List<Integer> gapsMicros, long bytes) {
    /** Copies the lists. */
    public Response {
      sizes = List.copyOf(sizes);
      gapsMicros = List.copyOf(gapsMicros);
    }
  }
}
