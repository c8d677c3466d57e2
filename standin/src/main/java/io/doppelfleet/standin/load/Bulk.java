package io.doppelfleet.standin.load;

import java.util.concurrent.CompletableFuture;

/** Moves much content over one connection. */
public sealed interface Bulk extends Talk permits Download, Upload {

  /** When all has arrived and was checked, or what went wrong. */
  CompletableFuture<Transfer> done();
}
