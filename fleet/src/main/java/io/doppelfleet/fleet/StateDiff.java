package io.doppelfleet.fleet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
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
    List<Entity> before = from.ordered().entities().toList();
    List<Entity> after = to.ordered().entities().toList();
    List<Change> changes = new ArrayList<>();
    int old = 0;
    int next = 0;
    while (old < before.size() || next < after.size()) {
      int order = order(before, old, after, next);
      Entity was = order <= 0 ? before.get(old++) : null;
      Entity is = order >= 0 ? after.get(next++) : null;
      if (!Objects.equals(was, is)) {
        Entity either = was == null ? Objects.requireNonNull(is) : was;
        changes.add(new Change(either.kind(), either.id(), was, is));
      }
    }
    return new StateDiff(from.revision(), to.revision(), changes);
  }

  /** Which of the two that stand there comes first; what is through has none that does. */
  private static int order(List<Entity> before, int old, List<Entity> after, int next) {
    if (old == before.size() || next == after.size()) {
      return old == before.size() ? 1 : -1;
    }
    int kinds = before.get(old).kind().compareTo(after.get(next).kind());
    return kinds != 0 ? kinds : before.get(old).id().compareTo(after.get(next).id());
  }

  /** Whether both states are the same but for their numbers. */
  public boolean isEmpty() {
    return changes.isEmpty();
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
