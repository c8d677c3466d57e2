package io.doppelfleet.proxy.list;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doppelfleet.proxy.address.AddressList;
import io.doppelfleet.proxy.address.ListGate;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All lists of a node. Each is followed on a thread of its own, which costs little and may block.
 */
public final class Lists {
  private static final Logger LOG = LoggerFactory.getLogger(Lists.class);

  /** For a whole list from a server. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final @Nullable HttpClient client;
  private final List<FollowedList> lists = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private Lists(@Nullable HttpClient client) {
    this.client = client;
  }

  /**
   * Reads what is there of them; blocks.
   *
   * @param state the directory in which they are kept
   * @throws IOException with a sentence for the operator where a file can't be used, and nothing is
   *     kept of it
   */
  public static Lists open(List<ListOptions> options, Path state, Clock clock) throws IOException {
    boolean fromServers =
        options.stream().anyMatch(each -> each.from() instanceof ListOptions.Place.Web);
    Lists lists = new Lists(fromServers ? UrlSource.client() : null);
    try {
      Path directory = options.isEmpty() ? state : ListFiles.directory(state);
      for (ListOptions each : options) {
        lists.add(each, directory, clock);
      }
      return lists;
    } catch (InterruptedException e) {
      lists.end();
      Thread.currentThread().interrupt();
      throw new IOException("the start was interrupted", e);
    } catch (IOException | RuntimeException e) {
      lists.end();
      throw e;
    }
  }

  private void add(ListOptions each, Path directory, Clock clock)
      throws IOException, InterruptedException {
    FollowedList list =
        new FollowedList(
            each,
            source(each),
            new KeptFile(directory, each.name(), sum(each.from().toString())),
            directory,
            clock);
    lists.add(list);
    list.begin();
  }

  private Source source(ListOptions options) {
    return switch (options.from()) {
      case ListOptions.Place.Disk disk -> new FileSource(disk.path());
      case ListOptions.Place.Web web -> {
        HttpClient http = client;
        if (http == null) {
          throw new IllegalStateException("a client is there where a list needs it");
        }
        yield new UrlSource(http, web.url(), options.every(), PATIENCE, Source.LONGEST);
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

  /** The lists that hold for those who come to the listener at this place. */
  public ListGate gate(int listener) {
    List<AddressList> its =
        lists.stream()
            .filter(list -> list.options().isFor(listener))
            .map(FollowedList::addresses)
            .toList();
    return its.isEmpty() ? ListGate.OPEN : new ListGate(its);
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
    for (FollowedList list : lists) {
      threads.add(
          Thread.ofVirtual().name("list-" + list.name()).start(() -> follow(list, changed)));
    }
  }

  private static void follow(FollowedList list, Runnable changed) {
    try {
      while (true) {
        try {
          if (list.check()) {
            changed.run();
          }
        } catch (RuntimeException e) {
          LOG.error("the list {} stays as it is", list.name(), e);
        }
        Thread.sleep(list.pause());
      }
    } catch (InterruptedException e) {
      // The node ends.
    }
  }

  /** They change no more. */
  public void end() {
    threads.forEach(Thread::interrupt);
    if (client != null) {
      client.shutdownNow();
    }
  }
}
