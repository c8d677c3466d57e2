package io.doppelfleet.proxy.list;

import io.doppelfleet.proxy.address.AddressList;
import io.doppelfleet.proxy.address.PrefixSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One list as it is now: what was kept of it, then each good one that its place has. For one thread
 * at a time, which it blocks; what is counted may be asked on any.
 */
public final class FollowedList {
  private static final Logger LOG = LoggerFactory.getLogger(FollowedList.class);

  /** Two lists of a million that are read at once would be much of a node's heap. */
  private static final Object ONE_IS_READ = new Object();

  private final ListOptions options;
  private final Source source;
  private final KeptFile file;
  private final Path directory;
  private final Clock clock;
  private final AddressList addresses;
  private Stamp stamp = Stamp.NONE;

  /** Without a good check between them. */
  private int failuresInARow;

  private String told = "";
  private final LongAdder failures = new LongAdder();
  private volatile @Nullable Instant lastFailure;

  /** When it was last known to be what its place has; null where there is none. */
  private volatile @Nullable Instant confirmed;

  /** With nobody in it yet. */
  FollowedList(ListOptions options, Source source, KeptFile file, Path directory, Clock clock) {
    this.options = options;
    this.source = source;
    this.file = file;
    this.directory = directory;
    this.clock = clock;
    this.addresses = new AddressList(options.name(), options.use());
  }

  /** Whom it has, and who is told. */
  AddressList addresses() {
    return addresses;
  }

  ListOptions options() {
    return options;
  }

  /**
   * Begins with what was kept; of a file also with what it has.
   *
   * @throws IOException where neither a file nor what was kept of it is a list that may be used
   */
  void begin() throws IOException, InterruptedException {
    try {
      Optional<KeptFile.Kept> kept = kept();
      if (kept.isPresent()) {
        checkDangers(kept.get().reading().addresses());
        stamp = kept.get().stamp();
        confirmed = kept.get().at();
        take(kept.get().reading().addresses());
      }
    } catch (IOException e) {
      LOG.warn("what was kept of the list {} is not used: {}", options.name(), e.getMessage());
    }
    if (options.from() instanceof ListOptions.Place.Disk) {
      try {
        fetch();
      } catch (IOException e) {
        if (confirmed == null) {
          throw new IOException("the list " + options.name() + ": " + e.getMessage(), e);
        }
        failed(e);
      }
    } else if (confirmed == null) {
      LOG.warn(
          "the list {} was never fetched yet: until it is {}",
          options.name(),
          options.use() == AddressList.Use.ALLOW ? "it lets nobody in" : "it refuses nobody");
    }
  }

  private Optional<KeptFile.Kept> kept() throws IOException {
    synchronized (ONE_IS_READ) {
      return file.read();
    }
  }

  /** Looks whether there is another one; whether it took that. */
  boolean check() throws InterruptedException {
    try {
      boolean another = fetch();
      if (failuresInARow > 0) {
        LOG.info("the list {} can be had again", options.name());
      }
      failuresInARow = 0;
      told = "";
      return another;
    } catch (IOException e) {
      if (Thread.interrupted()) { // the node ends, and files are closed by that
        throw new InterruptedException();
      }
      failed(e);
      return false;
    }
  }

  /** How long to wait for the next look. */
  Duration pause() {
    return source.pause(failuresInARow);
  }

  private boolean fetch() throws IOException, InterruptedException {
    Path brought = ListFiles.temporary(directory);
    try {
      Stamp next = source.fetch(stamp, brought);
      if (next == null) {
        confirm();
        return false;
      }
      ListReader.Reading reading = read(brought);
      checkDangers(reading.addresses());
      file.keep(brought, next);
      stamp = next;
      confirmed = clock.instant();
      take(reading.addresses());
      tellBadLines(reading);
      return true;
    } finally {
      Files.deleteIfExists(brought);
    }
  }

  private static ListReader.Reading read(Path brought) throws IOException {
    synchronized (ONE_IS_READ) {
      try (InputStream in = Files.newInputStream(brought)) {
        return ListReader.read(in);
      }
    }
  }

  private void confirm() throws IOException {
    Instant now = clock.instant();
    if (options.from() instanceof ListOptions.Place.Web && !file.confirm(now)) {
      stamp = Stamp.NONE; // it is fetched and kept anew
    }
    confirmed = now;
  }

  private void checkDangers(PrefixSet next) throws BadListException {
    List<String> found = new ArrayList<>();
    List<String> words = new ArrayList<>();
    for (Danger danger : Danger.values()) {
      Optional<String> what = danger.in(next);
      boolean confirms = options.confirmed().contains(danger);
      if (what.isPresent() && !confirms) {
        found.add(what.get());
      }
      if (what.isPresent() || confirms) {
        words.add(danger.word());
      }
    }
    if (options.use() == AddressList.Use.DENY && !found.isEmpty()) {
      throw new BadListException(
          "it would refuse "
              + String.join(" and ", found)
              + ": if that is meant, write confirm: ["
              + String.join(", ", words)
              + "] in proxy.lists."
              + options.name());
    }
  }

  private void take(PrefixSet next) {
    addresses.become(next);
    LOG.info("the list {} has {} prefixes now", options.name(), next.count());
  }

  private void tellBadLines(ListReader.Reading reading) {
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

  /** The same is told once, until it is over. */
  private void failed(IOException why) {
    failuresInARow++;
    failures.increment();
    lastFailure = clock.instant();
    String message = String.valueOf(why.getMessage());
    if (!message.equals(told)) {
      told = message;
      LOG.warn(
          "the list {}: {}; {}",
          options.name(),
          message,
          confirmed == null ? "there is none before it" : "the one before it stays");
    }
  }

  /** As the operator calls it. */
  public String name() {
    return options.name();
  }

  /** How many prefixes it has. */
  public int prefixes() {
    return addresses.addresses().count();
  }

  /** How many clients met the cover, or were cut, for it. */
  public long hits() {
    return addresses.hits();
  }

  /** How many checks failed. */
  public long failures() {
    return failures.sum();
  }

  /** When the last of them did, seconds since 1970; 0: none did. */
  public double lastFailure() {
    Instant last = lastFailure;
    return last == null ? 0 : last.getEpochSecond();
  }

  /** Seconds since it was last known to be what its place has; NaN where there is none. */
  public double age() {
    Instant last = confirmed;
    return last == null ? Double.NaN : Duration.between(last, clock.instant()).toMillis() / 1000.0;
  }
}
