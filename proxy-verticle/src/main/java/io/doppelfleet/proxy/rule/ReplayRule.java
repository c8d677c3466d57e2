package io.doppelfleet.proxy.rule;

import java.time.Duration;

/**
 * Who is banned: who has sent so many replays within a time.
 *
 * @param replays 1..{@value #MOST}
 * @param within 1 s or longer
 * @param ban for how long, 1 s..24 h
 */
public record ReplayRule(int replays, Duration within, Duration ban) {
  /** More needs memory for each who replays, and bans nobody sooner. */
  public static final int MOST = 100;

  /** Whoever replays thrice does it on purpose, and an address has soon another owner. */
  public static final ReplayRule USUAL =
      new ReplayRule(3, Duration.ofMinutes(10), Duration.ofHours(1));
}
