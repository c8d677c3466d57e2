package io.doppelfleet.proxy.address;

import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.PrefixSet;
import java.util.concurrent.atomic.LongAdder;

/** A list of addresses that changes while it is asked; of each change all is seen or nothing. */
public final class AddressList {
  private final String name;
  private final PrefixList.Use use;
  private final LongAdder hits = new LongAdder();
  private volatile PrefixSet addresses = PrefixSet.EMPTY;

  /** With nobody in it yet. */
  public AddressList(String name, PrefixList.Use use) {
    this.name = name;
    this.use = use;
  }

  /** As the operator calls it. */
  public String name() {
    return name;
  }

  PrefixList.Use use() {
    return use;
  }

  /** Takes other addresses at once. */
  public void become(PrefixSet next) {
    addresses = next;
  }

  /** Those that it has now. */
  public PrefixSet addresses() {
    return addresses;
  }

  void hit() {
    hits.increment();
  }

  /** How many clients met the cover, or were cut, for it. */
  public long hits() {
    return hits.sum();
  }
}
