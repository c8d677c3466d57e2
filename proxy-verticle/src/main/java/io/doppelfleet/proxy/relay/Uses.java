package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.LimitAnswer;
import io.doppelfleet.fleet.LimitQuestion;
import java.util.List;

/** What a node uses of limits that hold over the whole fleet. */
public interface Uses {
  /** From now on a control is asked: this is told to do it soon; on any thread, and often. */
  void begin(Runnable ask);

  /**
   * What a control is told now, {@value LimitQuestion#MOST} secrets at most: those of which
   * somebody waits, then those that it wasn't told of for the longest. Each is followed by {@link
   * #answered} or {@link #unanswered} before the next. Of thousands of secrets it takes
   * milliseconds.
   */
  List<LimitQuestion.Use> next();

  /**
   * A control has answered what {@link #next} said.
   *
   * @param askedAt when it said it, by the monotonic clock
   */
  void answered(LimitAnswer answer, long askedAt);

  /** No control has. */
  void unanswered();

  /** Whether the last question was answered, or none was asked yet. */
  boolean areAnswered();
}
