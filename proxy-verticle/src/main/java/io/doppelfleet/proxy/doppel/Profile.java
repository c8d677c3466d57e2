package io.doppelfleet.proxy.doppel;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.hello.HelloKind;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was learnt of a cover. A value: event loops share it, and a new look makes another.
 *
 * @param site the cover
 * @param learnt when
 * @param dialMicros times from SYN to SYN-ACK, the newest last
 * @param flights by kind of hello; none before the cover was asked
 * @param traffic of the protocol that clients' hellos lead to; null before the cover was asked
 */
public record Profile(
    HostPort site,
    Instant learnt,
    List<Integer> dialMicros,
    List<FlightModel> flights,
    @Nullable Traffic traffic) {

  /** Copies the lists. */
  public Profile {
    dialMicros = List.copyOf(dialMicros);
    flights = List.copyOf(flights);
  }

  /** Of a cover that was not asked yet. */
  public static Profile unknown(HostPort site) {
    return new Profile(site, Instant.EPOCH, List.of(), List.of(), null);
  }

  /**
   * How the cover answers hellos of a kind, or null where that is not known.
   *
   * @param hybrid whether they carry a share of X25519MLKEM768: where the very kind is not known,
   *     one that is like it in this will do
   */
  public @Nullable FlightModel flight(HelloKind kind, boolean hybrid) {
    FlightModel like = null;
    for (FlightModel flight : flights) {
      if (flight.kind().equals(kind)) {
        return flight;
      }
      if (flight.hybrid() == hybrid) {
        like = flight;
      }
    }
    return like;
  }
}
