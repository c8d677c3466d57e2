package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.TrafficReport;
import java.util.Collection;
import java.util.List;

/** What a node has moved since its start, by secret. */
public interface Counts {
  /**
   * All of it. Of twenty thousand secrets it takes milliseconds: not to be called on an event loop.
   */
  List<TrafficReport.Count> now();

  /** What is held, at these counts, of those of them whose bytes are limited. */
  List<TrafficReport.Budget> budgets(List<TrafficReport.Count> counts);

  /** A control grants a secret so many bytes from this count on, in place of what was held. */
  void granted(TrafficReport.Count at, long bytes);

  /** No byte more will pass: of none is anything held from now on. */
  void giveBack();

  /** From now on this is told when a control has to be asked soon; on any thread, and often. */
  void onNeed(Runnable told);

  /** A control keeps these: of a secret that is gone no more needs to be known. */
  void kept(Collection<TrafficReport.Count> counts);
}
