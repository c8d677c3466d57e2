package io.doppelfleet.proxy.listen;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.address.PrefixSet;
import java.util.List;

/**
 * An address to listen on.
 *
 * @param address port 0 takes a free one
 * @param routers who stands in front and begins each connection with a PROXY protocol header, which
 *     is believed of nobody else; empty: clients come here by themselves
 */
public record Entrance(HostPort address, List<Prefix> routers) {
  /** Copies the list. */
  public Entrance {
    routers = List.copyOf(routers);
  }

  /** Where clients come by themselves. */
  public static Entrance open(HostPort address) {
    return new Entrance(address, List.of());
  }

  /** The same with another address. */
  public Entrance at(HostPort other) {
    return new Entrance(other, routers);
  }

  /** All routers of these. */
  public static PrefixSet routers(List<Entrance> all) {
    return PrefixSet.of(all.stream().flatMap(each -> each.routers.stream()).toList());
  }
}
