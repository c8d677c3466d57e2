package io.doppelfleet.proxy;

import io.doppelfleet.proxy.leg.Buffers;
import java.util.List;

/**
 * What a node is doing at one moment, without anybody's name, address or key: for whoever operates
 * it.
 *
 * @param draining whether it takes no more clients
 * @param connections of clients and strangers, decided or not
 * @param limit the most of them
 * @param clients pairs of clients
 * @param strangers pairs with the cover
 * @param undecided those whose first bytes aren't all there
 * @param loops each event loop's
 * @param bufferBytes memory of the pool of buffers
 * @param coverDown whether the last attempt to connect to the cover failed
 * @param datacentersDown those where a client's last dial failed; "other" is what Telegram has not
 * @param upstreams how many are configured
 * @param upstreamsDown how many of them are passed over
 */
public record Vitals(
    boolean draining,
    int connections,
    int limit,
    int clients,
    int strangers,
    int undecided,
    List<Loop> loops,
    long bufferBytes,
    boolean coverDown,
    List<String> datacentersDown,
    int upstreams,
    int upstreamsDown) {
  /**
   * One event loop.
   *
   * @param lagSeconds the longest delay of its clock in the last minute
   * @param overdueSeconds how long it has been stuck, 0 where it goes on
   * @param waitingBytes that wait in the process for readers
   * @param waitingDials clients that wait for their turn to be connected to their data centre
   */
  public record Loop(
      double lagSeconds, double overdueSeconds, long waitingBytes, int waitingDials) {}

  static Vitals of(Shared shared, List<Loop> loops, boolean draining) {
    return new Vitals(
        draining,
        shared.admission().open(),
        shared.admission().limit(),
        shared.accounts().clients().get(),
        shared.accounts().strangers().get(),
        shared.meters().undecided.get(),
        loops,
        Buffers.POOLED.metric().usedDirectMemory(),
        shared.cover().isDown(),
        shared.meters().dials.all().stream()
            .filter(DatacenterDials.Dials::isDown)
            .map(DatacenterDials.Dials::name)
            .toList(),
        shared.upstreams() == null ? 0 : shared.upstreams().all().size(),
        shared.upstreams() == null
            ? 0
            : (int) shared.upstreams().all().stream().filter(each -> each.isDown()).count());
  }
}
