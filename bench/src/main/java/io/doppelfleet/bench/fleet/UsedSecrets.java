package io.doppelfleet.bench.fleet;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.proxy.relay.Counts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What a node would count whose clients use some of the fleet's secrets. */
final class UsedSecrets implements Counts {
  /** Of 10,000 that 50 nodes have each is used on two nodes. */
  private static final int USED = 400;

  /** Those of them whose clients move something between two reports. */
  private static final int MOVING = 40;

  private final List<TrafficReport.Count> counts = new ArrayList<>();
  private final Random random;

  /**
   * Of some that this state has.
   *
   * @param seed each node's own
   */
  UsedSecrets(FleetState state, long seed) {
    random = new Random(seed);
    List<String> names = new ArrayList<>(state.secrets().stream().map(FleetSecret::name).toList());
    Collections.shuffle(names, random);
    for (String name : names.subList(0, Math.min(USED, names.size()))) {
      counts.add(new TrafficReport.Count(name, 1, 2_000, 50_000, 1, 0));
    }
  }

  @Override
  public synchronized List<TrafficReport.Count> now() {
    for (int i = 0; i < MOVING; i++) {
      int which = random.nextInt(counts.size());
      TrafficReport.Count old = counts.get(which);
      counts.set(
          which,
          new TrafficReport.Count(
              old.secret(),
              old.counter(),
              old.up() + 2_000,
              old.down() + 50_000,
              old.opened() + 1,
              random.nextInt(4)));
    }
    return List.copyOf(counts);
  }

  @Override
  public List<TrafficReport.Budget> budgets(List<TrafficReport.Count> some) {
    return List.of();
  }

  @Override
  public void granted(TrafficReport.Count at, long bytes) {}

  @Override
  public void giveBack() {}

  @Override
  public void onNeed(Runnable told) {}

  @Override
  public void kept(Collection<TrafficReport.Count> some) {}
}
