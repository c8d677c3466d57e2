package io.doppelfleet.proxy.address;

import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.AddressBits;
import java.util.Collection;
import java.util.List;

/** The lists that hold for those who come to one listener. May be asked on any thread. */
public final class ListGate {
  /** Where there are none: refuses nobody. */
  public static final ListGate OPEN = new ListGate(List.of());

  private final AddressList[] denied;
  private final AddressList[] allowed;

  /** Asks these lists, as they are then. */
  public ListGate(Collection<AddressList> lists) {
    denied = of(lists, PrefixList.Use.REFUSE);
    allowed = of(lists, PrefixList.Use.ALLOW);
  }

  private static AddressList[] of(Collection<AddressList> lists, PrefixList.Use use) {
    return lists.stream().filter(list -> list.use() == use).toArray(AddressList[]::new);
  }

  /** How many lists there are. */
  public int size() {
    return denied.length + allowed.length;
  }

  /**
   * Whether a client's address, as {@link AddressBits} has it, is the cover's, which is a hit of
   * the list that says so.
   */
  public boolean refuse(long high, long low) {
    for (AddressList list : denied) {
      if (list.addresses().contains(high, low)) {
        list.hit();
        return true;
      }
    }
    for (AddressList list : allowed) {
      if (list.addresses().contains(high, low)) {
        return false;
      }
    }
    for (AddressList list : allowed) {
      list.hit();
    }
    return allowed.length > 0;
  }
}
