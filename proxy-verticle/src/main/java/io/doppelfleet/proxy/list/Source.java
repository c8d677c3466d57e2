package io.doppelfleet.proxy.list;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/** Where a list comes from. Blocks; for one thread at a time. */
interface Source {
  /** Of a list, bytes. */
  long LONGEST = 64L << 20;

  /** What a look comes to. */
  sealed interface Look {
    /** It is as it was. */
    record Same() implements Look {}

    /** It can't be said yet, or nothing new can: whoever asks later may hear more. */
    record Later() implements Look {}

    /** There is another one; its content is the receiver's to close. */
    record Another(Stamp stamp, Content content) implements Look {}
  }

  /** A list as it was brought. */
  interface Content extends ListReader.Opening, Closeable {
    /** Whether what was read of it is all one list: nobody has changed it meanwhile. */
    default boolean isStillSo() throws IOException {
      return true;
    }

    /** Gives back what it takes. */
    @Override
    void close();
  }

  /**
   * Looks whether the list is as it was, and brings it if it isn't.
   *
   * @param known of the list that is there already
   * @param refused of one that is no good
   * @throws IOException whose message says to the operator why it can't be had
   */
  Look look(Stamp known, Stamp refused) throws IOException, InterruptedException;

  /** How long to wait after so many failures in a row before it is asked again. */
  Duration pause(int failures);

  /** From a first pause to a longest, twice as long each time. */
  static Duration doubled(Duration first, Duration longest, int failures) {
    Duration pause = first.multipliedBy(1L << Math.clamp(failures - 1, 0, 20));
    return pause.compareTo(longest) < 0 ? pause : longest;
  }
}
