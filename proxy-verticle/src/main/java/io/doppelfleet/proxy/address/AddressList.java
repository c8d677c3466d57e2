package io.doppelfleet.proxy.address;

import java.util.concurrent.atomic.LongAdder;

/** A list of addresses that changes while it is asked; of each change all is seen or nothing. */
public final class AddressList {
  private final String name;
  private final Use use;
  private final LongAdder hits = new LongAdder();
  private volatile PrefixSet addresses = PrefixSet.EMPTY;

  /** What is done with those in it. */
  public enum Use {
    /** They meet the cover. */
    DENY,
    /** All others do, but for those in another list of this use. */
    ALLOW
  }

  /** With nobody in it yet. */
  public AddressList(String name, Use use) {
    this.name = name;
    this.use = use;
  }

  /** As the operator calls it. */
  public String name() {
    return name;
  }

  Use use() {
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
