package io.doppelfleet.launcher.watch;

import io.doppelfleet.proxy.Vitals;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process is alive, which it isn't where only a new start helps, and whether it is
 * ready for those who come. Reasons don't say what the process is for. May be used from any thread.
 */
public final class Health {
  /** A loop that goes on is late by less, on a machine that has much else to do too. */
  private static final double STUCK_SECONDS = 15;

  private volatile @Nullable Supplier<Vitals> node;
  private volatile String course = "starting";

  Health() {}

  /** From now on this node serves. */
  public void serves(Supplier<Vitals> vitals) {
    node = vitals;
    serves();
  }

  /** From now on this process, which has no node, serves. */
  public void serves() {
    course = "";
  }

  /** It takes nobody any more, and ends. */
  public void ends() {
    course = "stopping";
  }

  /** Why only a new start helps; none where it is alive. */
  List<String> dead() {
    List<String> reasons = new ArrayList<>();
    Supplier<Vitals> now = node;
    if (now != null) {
      List<Vitals.Loop> loops = now.get().loops();
      for (int i = 0; i < loops.size(); i++) {
        long seconds = Math.round(loops.get(i).overdueSeconds());
        if (seconds >= STUCK_SECONDS) {
          reasons.add("event loop " + i + " has been stuck for " + seconds + " s");
        }
      }
    }
    return reasons;
  }

  /** Why nobody is to be sent here; none where it is ready. */
  List<String> unready() {
    List<String> reasons = dead();
    Supplier<Vitals> now = node;
    if (!course.isEmpty()) {
      reasons.add(course);
    } else if (now != null) {
      Vitals vitals = now.get();
      if (vitals.draining()) {
        reasons.add("draining");
      } else if (vitals.connections() >= vitals.limit()) {
        reasons.add("full"); // who comes waits in the backlog
      } else if (vitals.memoryGone()) {
        reasons.add("short of memory"); // the same
      }
    }
    return reasons;
  }
}
