package io.doppelfleet.proxy.state;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/** Tells controls how this node is: each second, and at once when it has applied a revision. */
public final class Reporter {
  private static final long EVERY_MILLIS = 1_000;

  private final Vertx vertx;
  private final Sender sender;
  private final HostPort server;
  private final String cover;
  private final IntSupplier clients;
  private final BooleanSupplier draining;
  private final long timer;
  private volatile long revision;

  /**
   * Begins.
   *
   * @param server where clients reach this node
   * @param cover the host name of its cover
   * @param clients connections of clients now; asked on any thread
   * @param draining whether it takes no more of them; the same
   * @param revision that it runs at first
   */
  public Reporter(
      Vertx vertx,
      Sender sender,
      HostPort server,
      String cover,
      IntSupplier clients,
      BooleanSupplier draining,
      long revision) {
    this.vertx = vertx;
    this.sender = sender;
    this.server = server;
    this.cover = cover;
    this.clients = clients;
    this.draining = draining;
    this.revision = revision;
    this.timer = vertx.setPeriodic(EVERY_MILLIS, tick -> report());
    report();
  }

  /** The node runs this revision now. */
  public void applied(long now) {
    revision = now;
    report();
  }

  private void report() {
    long ran = revision; // first: what is said after this was seen under it, or a later one
    NodeReport report =
        new NodeReport(
            sender.next(), ran, server, cover, clients.getAsInt(), draining.getAsBoolean());
    vertx.eventBus().publish(NodeReport.ADDRESS, Buffer.buffer(MessageJson.write(report)));
  }

  /** Says no more. */
  public void end() {
    vertx.cancelTimer(timer);
  }
}
