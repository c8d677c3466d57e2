package io.doppelfleet.fleet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has to change in one state to make another of it.
 *
 * @param from the revision of the one
 * @param to the revision of the other
 * @param changes each entity once, by kind and id
 */
public record StateDiff(long from, long to, List<Change> changes) {
  private static final Comparator<Change> ORDER =
      Comparator.comparing(Change::kind).thenComparing(Change::id);

  /** Copies the changes, in order. */
  public StateDiff {
    changes = changes.stream().sorted(ORDER).toList();
  }

  /** The changes that lead from one state to another, whichever is older. */
  public static StateDiff between(FleetState from, FleetState to) {
    Map<EntityId, Entity> before = byId(from);
    List<Change> changes = new ArrayList<>();
    to.entities()
        .forEach(
            after -> {
              Entity old = before.remove(EntityId.of(after));
              if (!after.equals(old)) {
                changes.add(new Change(after.kind(), after.id(), old, after));
              }
            });
    before.values().forEach(old -> changes.add(new Change(old.kind(), old.id(), old, null)));
    return new StateDiff(from.revision(), to.revision(), changes);
  }

  /** Whether both states are the same but for their numbers. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  private static Map<EntityId, Entity> byId(FleetState state) {
    Map<EntityId, Entity> all = new LinkedHashMap<>();
    state.entities().forEach(each -> all.put(EntityId.of(each), each));
    return all;
  }

  /**
   * What becomes of one entity.
   *
   * @param kind of both, the old and the new
   * @param id of both
   * @param before as it was; null: it is added
   * @param after as it will be; null: it is removed
   */
  public record Change(
      Entity.Kind kind, String id, @Nullable Entity before, @Nullable Entity after) {}
}
