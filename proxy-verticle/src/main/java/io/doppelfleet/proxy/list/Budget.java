package io.doppelfleet.proxy.list;

import io.doppelfleet.fleet.address.PrefixCount;
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

  /** Set and asked by whoever: the lock is held as long as a list is read. */
  private volatile LongSupplier fleet = () -> 0;

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
  void count(LongSupplier bytes) {
    fleet = bytes;
  }

  /**
   * Reads another list, for which there is what the others leave, and the one that it is to
   * replace.
   *
   * @throws BadListException where it is no list
   * @throws IOException where that doesn't suffice, too: others may leave more at another time
   */
  synchronized ListReader.Reading read(ListReader.Opening list) throws IOException {
    return ListReader.read(list, this::check);
  }

  private void check(PrefixCount prefixes) throws IOException {
    long taken = lists.stream().mapToLong(each -> each.addresses().bytes()).sum();
    long fleets = fleet.getAsLong();
    if (prefixes.bytes() > most - taken - fleets) {
      throw new IOException(
          "with its %,d prefixes all lists would take more than the %,d MiB of memory that they may,"
                  .formatted(prefixes.count(), MOST >> 20)
              + " while it is read too"
              + (fleets == 0
                  ? ""
                  : ", and the fleet's have %,d KiB of that".formatted(fleets >> 10))
              + ": make them fewer or shorter");
    }
  }
}
