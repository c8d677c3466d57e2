package io.doppelfleet.proxy.list;

import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.Danger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * A list that the operator wants.
 *
 * @param name 1..32 letters, digits, {@code _} and {@code -}; a file's name too
 * @param use what is done with those in it
 * @param from where it is
 * @param every how often a URL is asked; of no meaning for a file
 * @param listeners for whom it is: places in the node's list of entrances; none: for all
 * @param confirmed what it may refuse though nobody usually means that
 */
public record ListOptions(
    String name,
    PrefixList.Use use,
    Place from,
    Duration every,
    Set<Integer> listeners,
    Set<Danger> confirmed) {
  /** How often a URL is asked unless the operator says it. */
  public static final Duration EVERY = Duration.ofHours(1);

  /** Copies the sets. */
  public ListOptions {
    listeners = Set.copyOf(listeners);
    confirmed = Set.copyOf(confirmed);
  }

  boolean isFor(int listener) {
    return listeners.isEmpty() || listeners.contains(listener);
  }

  /** Where a list is. */
  public sealed interface Place {
    /** A file of this machine. */
    record Disk(Path path) implements Place {}

    /** What a web server answers; its text is never shown, it may hold a key. */
    record Web(URI url) implements Place {}
  }
}
