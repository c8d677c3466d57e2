package io.doppelfleet.proxy.list;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doppelfleet.proxy.address.AddressList;
import io.doppelfleet.proxy.address.ListGate;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All lists of a node. Each is followed on a thread of its own, which costs little and may block.
 */
public final class Lists {
  /** Of a node. */
  public static final int MOST = 16;

  private static final Logger LOG = LoggerFactory.getLogger(Lists.class);

  /** For a whole list from a server. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** So long the start waits for lists of which nothing is there, for all of them together. */
  private static final Duration FIRST = Duration.ofSeconds(10);

  /** For what a thread does that was told to end; a list of a million is read in less. */
  private static final Duration TO_END = Duration.ofSeconds(5);

  private final Path directory;
  private final Budget budget;
  private final Clock clock;
  private final @Nullable HttpClient client;
  private final List<FollowedList> lists = new ArrayList<>();

  private final List<Follower> followers = new CopyOnWriteArrayList<>();
  private volatile Runnable changed = () -> {};

  /** Guarded by this. */
  private boolean ended;

  private Lists(List<ListOptions> options, Path directory, Budget budget, Clock clock) {
    this.directory = directory;
    this.budget = budget;
    this.clock = clock;
    this.client =
        options.stream().anyMatch(each -> each.from() instanceof ListOptions.Place.Web)
            ? UrlSource.client()
            : null;
  }

  /**
   * Reads what is there of them, and waits some seconds for those from servers of which nothing is;
   * blocks.
   *
   * @param state the directory in which they are kept
   * @throws IOException with a sentence for the operator where a file can't be used, and nothing is
   *     kept of it
   */
  public static Lists open(List<ListOptions> options, Path state, Clock clock) throws IOException {
    return open(options, state, new Budget(Budget.MOST), clock);
  }

  static Lists open(List<ListOptions> options, Path state, Budget budget, Clock clock)
      throws IOException {
    Path directory = ListFiles.in(state);
    try {
      ListFiles.tidy(
          directory, options.stream().map(ListOptions::name).collect(Collectors.toSet()));
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("lists that are kept no more can't be deleted: {}", e.toString());
    }
    Lists lists = new Lists(options, directory, budget, clock);
    try {
      for (ListOptions each : options) {
        lists.add(each);
      }
      lists.fetchFirst();
      return lists;
    } catch (InterruptedException e) {
      lists.close();
      Thread.currentThread().interrupt();
      throw new IOException("the start was interrupted", e);
    } catch (IOException | RuntimeException e) {
      lists.close();
      throw e;
    }
  }

  private void add(ListOptions each) throws IOException, InterruptedException {
    KeptFile file = new KeptFile(directory, each.name(), sum(each.from().toString()));
    FollowedList list = new FollowedList(each, source(each), file, budget, clock);
    lists.add(list);
    list.begin();
  }

  private Source source(ListOptions options) throws IOException {
    return switch (options.from()) {
      case ListOptions.Place.Disk disk -> {
        if (disk.path().startsWith(directory)) {
          throw new IOException(
              "the list "
                  + options.name()
                  + ": "
                  + directory
                  + " is where the node keeps its own: put the file elsewhere");
        }
        yield new FileSource(disk.path(), clock);
      }
      case ListOptions.Place.Web web -> {
        HttpClient http = client;
        if (http == null) {
          throw new IllegalStateException("a client is there where a list needs it");
        }
        yield new UrlSource(http, web.url(), directory, options.every(), PATIENCE, Source.LONGEST);
      }
    };
  }

  /** A place's, which may hold a key: it is not to be read from the file. */
  private static String sum(String place) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(place.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** What isn't there in time comes later. */
  private void fetchFirst() throws InterruptedException {
    long end = System.nanoTime() + FIRST.toNanos();
    List<FollowedList> missing = lists.stream().filter(list -> !list.isThere()).toList();
    missing.forEach(this::follow);
    boolean allLooked = true;
    for (Follower each : followers) {
      allLooked &= each.awaitFirst(end - System.nanoTime());
    }
    if (!allLooked) {
      LOG.warn("the start waits no longer for lists than {} s", FIRST.toSeconds());
    }
    missing.stream().filter(list -> !list.isThere()).forEach(FollowedList::tellThatItIsMissing);
  }

  private synchronized void follow(FollowedList list) {
    if (!ended) {
      followers.add(Follower.start(list, () -> changed.run()));
    }
  }

  /** The lists that hold for those who come to the listener at this place. */
  public ListGate gate(int listener) {
    List<AddressList> its =
        lists.stream()
            .filter(list -> list.options().isFor(listener))
            .map(FollowedList::addresses)
            .toList();
    return its.isEmpty() ? ListGate.OPEN : new ListGate(its);
  }

  /**
   * From now on they leave room for the fleet's lists.
   *
   * @param bytes that those take now
   */
  public void besides(LongSupplier bytes) {
    budget.count(bytes);
  }

  /** Each of them. */
  public List<FollowedList> all() {
    return List.copyOf(lists);
  }

  /**
   * From now on they change as their places do.
   *
   * @param changed is called after each change, on a thread that may block
   */
  public void begin(Runnable changed) {
    this.changed = changed;
    List<Follower> early = List.copyOf(followers);
    lists.stream()
        .filter(list -> early.stream().noneMatch(each -> each.follows(list)))
        .forEach(this::follow);
    if (!early.isEmpty()) {
      changed.run(); // for what came before it was set
    }
  }

  /** They change no more. Doesn't block. */
  public synchronized void end() {
    ended = true;
    followers.forEach(Follower::end);
    if (client != null) {
      client.shutdownNow();
    }
  }

  /** The same, and waits for what is under way, for some seconds at the most. */
  public void close() {
    end();
    long end = System.nanoTime() + TO_END.toNanos();
    try {
      for (Follower each : followers) {
        if (!each.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
          LOG.warn("a list is looked at still after {} s", TO_END.toSeconds());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
