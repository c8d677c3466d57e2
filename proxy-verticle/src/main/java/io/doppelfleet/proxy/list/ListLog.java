package io.doppelfleet.proxy.list;

import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.PrefixSet;
import java.io.IOException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log has of one list: the same trouble once, until it is over. */
final class ListLog {
  private static final Logger LOG = LoggerFactory.getLogger(ListLog.class);

  private final ListOptions options;

  /** The trouble that was told last; empty: there is none. */
  private String told = "";

  private String toldOfKeeping = "";

  ListLog(ListOptions options) {
    this.options = options;
  }

  void has(PrefixSet addresses) {
    LOG.info("the list {} has {} prefixes now", options.name(), addresses.count());
  }

  void badLines(ListReader.Reading reading) {
    if (reading.bad() > 0) {
      LOG.warn(
          "the list {}: {} of {} {}: an address, a range a-b or a prefix is right, what else stands"
              + " there is left out",
          options.name(),
          (reading.badLines().size() == 1 ? "line " : "lines ")
              + reading.badLines().stream().map(String::valueOf).collect(Collectors.joining(", ")),
          options.from() instanceof ListOptions.Place.Disk disk ? disk.path() : "what was fetched",
          reading.bad() > reading.badLines().size()
              ? "and " + (reading.bad() - reading.badLines().size()) + " more"
              : "can't be read");
    }
  }

  void keptIsNotUsed(IOException why) {
    LOG.warn("what was kept of the list {} is not used: {}", options.name(), why.getMessage());
  }

  void isNotThere() {
    LOG.warn(
        "the list {} was never fetched yet: until it is {}",
        options.name(),
        options.use() == PrefixList.Use.ALLOW ? "it lets nobody in" : "it refuses nobody");
  }

  void failed(IOException why, boolean isThere) {
    String message = String.valueOf(why.getMessage());
    if (!message.equals(told)) {
      told = message;
      LOG.warn(
          "the list {}: {}; {}",
          options.name(),
          message,
          isThere ? "the one before it stays" : "there is none before it");
    }
  }

  void failed(RuntimeException why) {
    LOG.error("the list {} stays as it is", options.name(), why);
  }

  void isWell() {
    if (!told.isEmpty()) {
      LOG.info("the list {} can be had again", options.name());
      told = "";
    }
  }

  void isNotKept(IOException why) {
    String message = why.getClass().getSimpleName() + " " + why.getMessage();
    if (!message.equals(toldOfKeeping)) {
      toldOfKeeping = message;
      LOG.warn(
          "the list {} can't be kept: {}; it is used, and is gone at the next start",
          options.name(),
          message);
    }
  }

  void isKept() {
    if (!toldOfKeeping.isEmpty()) {
      LOG.info("the list {} is kept again", options.name());
      toldOfKeeping = "";
    }
  }
}
