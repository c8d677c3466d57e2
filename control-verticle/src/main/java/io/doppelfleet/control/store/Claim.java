package io.doppelfleet.control.store;

import io.doppelfleet.fleet.Octets;
import java.time.Instant;

/** What the store says to who brings an Idempotency-Key. */
public sealed interface Claim {
  /** It was never brought: who asks does what is asked, and says then what came of it. */
  record First() implements Claim {}

  /**
   * That was done.
   *
   * @param status of HTTP
   * @param version the answer's ETag; 0: none
   * @param body the answer's JSON
   */
  record Answered(int status, long version, Octets body) implements Claim {}

  /** That was done, and its answer is kept no longer. */
  record Forgotten(Instant at) implements Claim {}

  /** Something else was asked with it. */
  record Other() implements Claim {}

  /** That is being done now. */
  record UnderWay() implements Claim {}

  /** That was begun, and whether it was done nobody knows: its control ended. */
  record Unknown(Instant at) implements Claim {}

  /** Too many keys are remembered; of who asks, or of all. */
  record Full(int most) implements Claim {}
}
