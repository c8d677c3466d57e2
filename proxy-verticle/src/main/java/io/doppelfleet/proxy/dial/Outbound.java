package io.doppelfleet.proxy.dial;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * How data centres are reached.
 *
 * @param upstreams by which; none: by nobody
 * @param bind the addresses of this machine to connect from, one of each family at most; where
 *     there is none of a family, the system chooses
 * @param prefer which of a data centre's addresses are tried first
 * @param mark of these connections for the system's routing and firewall (SO_MARK); 0: none
 * @param probeEvery how often all addresses are asked, to try the best one first; zero: never
 * @param listEvery how often Telegram is asked for its list of addresses; zero: never
 */
public record Outbound(
    List<Upstream> upstreams,
    List<InetAddress> bind,
    Prefer prefer,
    int mark,
    Duration probeEvery,
    Duration listEvery) {
  /** As the system does. */
  public static final Outbound DIRECT = new Outbound(List.of(), List.of(), Prefer.LISTED);

  /** Copies the lists. */
  public Outbound {
    upstreams = List.copyOf(upstreams);
    bind = List.copyOf(bind);
  }

  /** Without a mark, and without asking. */
  public Outbound(List<Upstream> upstreams, List<InetAddress> bind, Prefer prefer) {
    this(upstreams, bind, prefer, 0, Duration.ZERO, Duration.ZERO);
  }

  /** Which addresses come first. */
  public enum Prefer {
    /** As they are listed. */
    LISTED,
    /** Those of IPv4. */
    IPV4,
    /** Those of IPv6. */
    IPV6
  }
}
