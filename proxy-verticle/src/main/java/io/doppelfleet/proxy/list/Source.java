package io.doppelfleet.proxy.list;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where a list comes from. Blocks; for one thread at a time. */
interface Source {
  /** Of a list, bytes. */
  long LONGEST = 64L << 20;

  /**
   * Brings the list, unless it is as it was.
   *
   * @param known of the list that is there already
   * @param into a file to be written anew
   * @return of what was brought; null: nothing was, for nothing changed
   * @throws IOException whose message says to the operator why it can't be had
   */
  @Nullable Stamp fetch(Stamp known, Path into) throws IOException, InterruptedException;

  /** How long to wait after so many failures in a row before it is asked again. */
  Duration pause(int failures);

  /** From a first pause to a longest, twice as long each time. */
  static Duration doubled(Duration first, Duration longest, int failures) {
    Duration pause = first.multipliedBy(1L << Math.clamp(failures - 1, 0, 20));
    return pause.compareTo(longest) < 0 ? pause : longest;
  }
}
