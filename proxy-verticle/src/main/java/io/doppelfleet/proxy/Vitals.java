package io.doppelfleet.proxy;

import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.proxy.leg.Buffers;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * What a node is doing at one moment, without anybody's name, address or key: for whoever operates
 * it.
 *
 * @param draining whether it takes no more clients
 * @param connections of clients and strangers, decided or not
 * @param limit the most of them
 * @param memoryGone whether nothing is accepted for want of memory
 * @param clients pairs of clients
 * @param strangers pairs with the cover
 * @param undecided those whose first bytes aren't all there
 * @param loops each event loop's
 * @param bufferBytes memory of the pool of buffers
 * @param coverDown whether the last attempt to connect to the cover failed
 * @param datacentersUp those where a client's last dial succeeded; "other" is what Telegram has not
 * @param datacentersDown those where a client's last dial failed
 * @param upstreams how many are configured
 * @param upstreamsDown how many of them are passed over
 */
public record Vitals(
    boolean draining,
    int connections,
    int limit,
    boolean memoryGone,
    int clients,
    int strangers,
    int undecided,
    List<Loop> loops,
    long bufferBytes,
    boolean coverDown,
    List<String> datacentersUp,
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
        shared.pressure().isMemoryGone(),
        shared.accounts().clients().get(),
        shared.accounts().strangers().get(),
        shared.meters().undecided.get(),
        loops,
        Buffers.POOLED.metric().usedDirectMemory(),
        shared.cover().isDown(),
        names(shared, DatacenterDials.Dials::isUp),
        names(shared, DatacenterDials.Dials::isDown),
        shared.upstreams() == null ? 0 : shared.upstreams().all().size(),
        shared.upstreams() == null
            ? 0
            : (int) shared.upstreams().all().stream().filter(each -> each.isDown()).count());
  }

  private static List<String> names(Shared shared, Predicate<DatacenterDials.Dials> which) {
    return shared.meters().dials.all().stream()
        .filter(which)
        .map(DatacenterDials.Dials::name)
        .toList();
  }

  /**
   * What of it controls are told.
   *
   * @param version of what runs here
   * @param oldKeys connections by keys of secrets that have newer ones, by the secrets' names
   * @param probes what became of its own probes
   */
  public NodeHealth health(
      Stamp stamp, String version, Map<String, Integer> oldKeys, List<NodeHealth.Probe> probes) {
    double lag = loops.stream().mapToDouble(Loop::lagSeconds).max().orElse(0);
    return new NodeHealth(
        stamp,
        version,
        (int) Math.min(Integer.MAX_VALUE, Math.round(lag * TimeUnit.SECONDS.toMillis(1))),
        coverDown,
        numbers(datacentersUp),
        numbers(datacentersDown),
        oldKeys.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(NodeHealth.MOST_OLD_KEYS)
            .map(each -> new NodeHealth.OldKeys(each.getKey(), each.getValue()))
            .toList(),
        probes);
  }

  /** Who asks for a data centre that Telegram has not has none that could be away. */
  private static List<Integer> numbers(List<String> names) {
    return names.stream()
        .filter(name -> !name.equals(DatacenterDials.OTHERS))
        .map(Integer::valueOf)
        .toList();
  }
}
