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
 * @param flights by name and kind of hello; none before the cover was asked
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
   * How the cover answers hellos of a kind, or what of all that is known is most like that; null
   * where it was not asked.
   *
   * @param host the name that they ask for; null where they ask for none
   * @param hybrid whether they carry a share of X25519MLKEM768: in this it has to be like them
   */
  public @Nullable FlightModel flight(@Nullable String host, HelloKind kind, boolean hybrid) {
    FlightModel like = null;
    int most = 0;
    for (FlightModel flight : flights) {
      boolean same = flight.kind().equals(kind);
      int likeness = (flight.host().equals(host) ? 4 : 0) + (same ? 2 : 1);
      if (likeness >= most && (same || flight.hybrid() == hybrid)) {
        like = flight;
        most = likeness;
      }
    }
    return like;
  }

  /**
   * Whether the cover takes an alert in the clear, right after its flight, for one of a client that
   * leaves, as OpenSSL does. BoringSSL takes it for a record that it can't decrypt.
   */
  public boolean takesPlainAlerts() {
    for (FlightModel flight : flights) { // a stream is garbage, for each client
      if (flight.keyShareFirst()) {
        return false;
      }
    }
    return true;
  }

  /** Whether it is known how the cover answers for a name, and what its pages look like. */
  public boolean knows(String host) {
    return traffic != null && flights.stream().anyMatch(flight -> flight.host().equals(host));
  }
}
