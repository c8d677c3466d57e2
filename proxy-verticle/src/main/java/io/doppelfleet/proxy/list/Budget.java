package io.doppelfleet.proxy.list;

import io.doppelfleet.proxy.address.AddressList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What all lists of a node may take of its heap together, with the one that is being read and with
 * those of its fleet, which have bounds of their own and are taken whatever others leave. Whoever
 * reads one and puts it in its place holds the lock of this meanwhile.
 */
final class Budget {
  /** A quarter of the heap that the script {@code doppelfleet} allows, bytes. */
  static final long MOST = 64L << 20;

  private final long most;
  private final List<AddressList> lists = new ArrayList<>();
  private LongSupplier fleet = () -> 0;

  Budget(long most) {
    this.most = most;
  }

  /** From now on it counts too. */
  synchronized void add(AddressList list) {
    lists.add(list);
  }

  /**
   * From now on the fleet's count too.
   *
   * @param bytes that they take now
   */
  synchronized void count(LongSupplier bytes) {
    fleet = bytes;
  }

  /**
   * Reads another list, for which there is what the others leave, and the one that it is to
   * replace.
   *
   * @throws BadListException where that doesn't suffice, or it is no list
   */
  synchronized ListReader.Reading read(ListReader.Opening list) throws IOException {
    long taken = lists.stream().mapToLong(each -> each.addresses().bytes()).sum();
    return ListReader.read(list, most - taken - fleet.getAsLong());
  }
}
