package io.doppelfleet.proxy.transport;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.record.Records;
import java.util.random.RandomGenerator;

/**
 * How a connection ends whose hello was good and that turns out to be no client: as a TLS 1.3
 * server ends one when a record can't be decrypted.
 */
public final class Refusal {
  private Refusal() {}

  /** Sends a record of an encrypted alert's size, then closes. */
  public static void send(Leg leg, RandomGenerator random) {
    leg.write(Records.alert(random));
    leg.flush();
    leg.closeAfterWrites();
  }
}
