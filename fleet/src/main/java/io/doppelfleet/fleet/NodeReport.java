package io.doppelfleet.fleet;

/**
 * How a node is: sent each second, and when it has applied a revision.
 *
 * @param stamp of the node
 * @param revision what it runs
 * @param server where clients reach it, as links say; port 1..65535
 * @param cover the host name of the site that strangers meet there
 * @param clients connections of clients now
 * @param draining whether it takes no more of them, and ends soon
 */
public record NodeReport(
    Stamp stamp, long revision, HostPort server, String cover, int clients, boolean draining)
    implements FleetMessage {
  /** Where nodes send it. */
  public static final String ADDRESS = "doppelfleet.node";

  /** Checks the bounds. */
  public NodeReport {
    Bounds.number("revision", revision, 1, Long.MAX_VALUE);
    Bounds.number("server's port", server.port(), 1, 65_535);
    Bounds.text("cover", cover, 253);
    Bounds.number("clients", clients, 0, Integer.MAX_VALUE);
  }

  /** Of a node that takes clients. */
  public NodeReport(Stamp stamp, long revision, HostPort server, String cover, int clients) {
    this(stamp, revision, server, cover, clients, false);
  }
}
