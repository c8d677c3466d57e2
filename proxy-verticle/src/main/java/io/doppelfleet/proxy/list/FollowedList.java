package io.doppelfleet.proxy.list;

import io.doppelfleet.fleet.address.PrefixSet;
import io.doppelfleet.proxy.address.AddressList;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One list as it is now: what was kept of it, then each good one that its place has. It is followed
 * on one thread at a time, which it blocks; what is counted may be asked on any.
 */
public final class FollowedList {
  /** To keep what couldn't be kept: not as often as a file is looked at. */
  private static final Duration KEEP_AGAIN = Duration.ofMinutes(1);

  private final ListOptions options;
  private final Source source;
  private final KeptFile file;
  private final Budget budget;
  private final Guard guard;
  private final ListLog log;
  private final Clock clock;
  private final Instant began;
  private final AddressList addresses;
  private Stamp stamp = Stamp.NONE;

  /** Of what was no good when it was last looked at. */
  private Stamp refused = Stamp.NONE;

  /** Without a good look between them. */
  private int failuresInARow;

  /** When to try again to keep what couldn't be kept; null: it is kept. */
  private @Nullable Instant keepAgain;

  private final LongAdder failures = new LongAdder();
  private volatile @Nullable Instant lastFailure;

  /** When it was last known to be what its place has; null where there is none. */
  private volatile @Nullable Instant confirmed;

  /** With nobody in it yet. */
  FollowedList(ListOptions options, Source source, KeptFile file, Budget budget, Clock clock) {
    this.options = options;
    this.source = source;
    this.file = file;
    this.budget = budget;
    this.guard = new Guard(options);
    this.log = new ListLog(options);
    this.clock = clock;
    this.began = clock.instant();
    this.addresses = new AddressList(options.name(), options.use());
    budget.add(addresses);
  }

  /** Whom it has, and who is told. */
  AddressList addresses() {
    return addresses;
  }

  ListOptions options() {
    return options;
  }

  /** For the start, where nothing was kept and nothing came. */
  void tellThatItIsMissing() {
    log.isNotThere();
  }

  /** Whether there was ever a good one. */
  boolean isThere() {
    return confirmed != null;
  }

  /**
   * Begins with what was kept; of a file also with what it has.
   *
   * @throws IOException where neither a file nor what was kept of it is a list that may be used
   */
  synchronized void begin() throws IOException, InterruptedException {
    try {
      Optional<KeptFile.Head> kept = file.head();
      if (kept.isPresent() && replace(file) != null) {
        stamp = kept.get().stamp();
        confirmed = kept.get().at();
        log.has(addresses.addresses());
      }
    } catch (IOException e) {
      log.keptIsNotUsed(e);
    }
    if (!(options.from() instanceof ListOptions.Place.Disk)) {
      return;
    }
    try {
      look();
    } catch (IOException e) {
      if (confirmed == null) {
        throw new IOException("the list " + options.name() + ": " + e.getMessage(), e);
      }
      failed(e);
    }
    if (confirmed == null) {
      throw new IOException("the list " + options.name() + ": its file changes while it is read");
    }
  }

  /** Looks whether there is another one; whether it took that. */
  synchronized boolean check() throws InterruptedException {
    try {
      return look();
    } catch (IOException e) {
      if (Thread.interrupted()) { // the node ends, and files are closed by that
        throw new InterruptedException();
      }
      failed(e);
      return false;
    }
  }

  /** How long to wait for the next look. */
  synchronized Duration pause() {
    return source.pause(failuresInARow);
  }

  private boolean look() throws IOException, InterruptedException {
    return switch (source.look(stamp, refused)) {
      case Source.Look.Same same -> {
        good(stamp);
        confirmKept();
        yield false;
      }
      case Source.Look.Later later -> false;
      case Source.Look.Another another -> {
        try (Source.Content content = another.content()) {
          yield take(content, another.stamp());
        }
      }
    };
  }

  private boolean take(Source.Content content, Stamp next) throws IOException {
    PrefixSet before = addresses.addresses();
    ListReader.Reading reading;
    try {
      reading = replace(content);
    } catch (BadListException e) {
      refused = next;
      throw e;
    }
    if (reading == null) {
      return false;
    }
    good(next);
    if (addresses.addresses() == before) {
      confirmKept();
      return false;
    }
    log.has(addresses.addresses());
    log.badLines(reading);
    keep();
    return true;
  }

  /**
   * Reads a list, and puts it in the place of the one before it, unless that is the same.
   *
   * @return null where it changed while it was read, and nothing can be said of it
   */
  private ListReader.@Nullable Reading replace(Source.Content content) throws IOException {
    synchronized (budget) {
      ListReader.Reading reading;
      try {
        reading = budget.read(content);
      } catch (BadListException e) {
        if (content.isStillSo()) {
          throw e;
        }
        return null;
      }
      if (!content.isStillSo()) {
        return null;
      }
      guard.check(reading.addresses(), addresses.addresses());
      if (!reading.addresses().isSame(addresses.addresses())) {
        addresses.become(reading.addresses());
      }
      return reading;
    }
  }

  /** It is known to be what its place has now. */
  private void good(Stamp now) {
    stamp = now;
    refused = Stamp.NONE;
    confirmed = clock.instant();
    failuresInARow = 0;
    log.isWell();
  }

  /** Says on disk too that it is; where that has lost it, it is kept again. */
  private void confirmKept() {
    Instant now = clock.instant();
    Instant again = keepAgain;
    if (again != null) {
      if (!now.isBefore(again)) {
        keep();
      }
      return;
    }
    try {
      if (options.from() instanceof ListOptions.Place.Web && !file.confirm(now)) {
        keep();
      }
    } catch (IOException e) {
      isNotKept(e);
    }
  }

  private void keep() {
    try {
      file.keep(addresses.addresses(), new KeptFile.Head(stamp, clock.instant()));
      keepAgain = null;
      log.isKept();
    } catch (IOException e) {
      isNotKept(e);
    }
  }

  private void isNotKept(IOException why) {
    if (why instanceof ClosedByInterruptException) {
      return; // the node ends
    }
    keepAgain = clock.instant().plus(KEEP_AGAIN);
    count();
    log.isNotKept(why);
  }

  private void failed(IOException why) {
    boolean isLookedAtAsEver =
        why instanceof BadListException && options.from() instanceof ListOptions.Place.Disk;
    failuresInARow = isLookedAtAsEver ? 0 : failuresInARow + 1;
    count();
    log.failed(why, isThere());
  }

  /** By a mistake of ours. */
  synchronized void failed(RuntimeException why) {
    failuresInARow++;
    count();
    log.failed(why);
  }

  private void count() {
    failures.increment();
    lastFailure = clock.instant();
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

  /** How many times it couldn't be had, was refused, or couldn't be kept. */
  public long failures() {
    return failures.sum();
  }

  /** When that last happened, seconds since 1970; 0: it didn't. */
  public double lastFailure() {
    Instant last = lastFailure;
    return last == null ? 0 : last.getEpochSecond();
  }

  /**
   * Seconds since it was last known to be what its place has; since the start where it never was.
   */
  public double age() {
    Instant last = confirmed;
    Instant since = last == null ? began : last;
    return Duration.between(since, clock.instant()).toMillis() / 1000.0;
  }
}
