package io.doppelfleet.proxy.rule;

import java.time.Duration;

/**
 * Who is banned: who has sent so many replays within a time.
 *
 * @param replays 1..{@value #MOST}
 * @param within 1 s or longer
 * @param ban for how long, 1 s..24 h
 * @param grace so long after its start a node bans nobody, for it has to learn from where its
 *     clients come
 */
public record ReplayRule(int replays, Duration within, Duration ban, Duration grace) {
  /** More needs memory for each who replays, and bans nobody sooner. */
  public static final int MOST = 100;

  /** Phones whose connections broke come again within minutes. */
  private static final Duration GRACE = Duration.ofMinutes(15);

  /** Whoever replays thrice does it on purpose, and an address has soon another owner. */
  public static final ReplayRule USUAL = of(3, Duration.ofMinutes(10), Duration.ofHours(1));

  /** With the usual grace; bans that are shorter than it need no longer one than they are. */
  public static ReplayRule of(int replays, Duration within, Duration ban) {
    return new ReplayRule(replays, within, ban, ban.compareTo(GRACE) < 0 ? ban : GRACE);
  }
}
