package io.doppelfleet.fleet;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * Numbers the messages of one sender, from its start on or from when a control gave it its epoch.
 * Safe for use by many threads.
 */
public final class Sender {
  /** Who has no identity, for its control is in its own process, the first or only one. */
  public static final String OWN_NODE = "node";

  private static final Pattern OWN_NODES = Pattern.compile("node(\\.[0-9]+)?");

  private final String name;
  private long epoch;
  private long sequence;

  /**
   * Who starts now.
   *
   * @param name as {@link Stamp} has it
   * @param start later than all its starts before
   */
  public Sender(String name, Instant start) {
    this(name, start.toEpochMilli());
  }

  /**
   * Who was given its epoch.
   *
   * @param name as {@link Stamp} has it
   * @param epoch greater than all it had before
   */
  public Sender(String name, long epoch) {
    this.name = name;
    this.epoch = epoch;
  }

  /**
   * The name of the node in the process of a control.
   *
   * @param control its number among those of its store, from 1
   */
  public static String ownNode(int control) {
    return control == 1 ? OWN_NODE : OWN_NODE + "." + control;
  }

  /** Whether a name is one of those. */
  public static boolean isOwnNode(String name) {
    return OWN_NODES.matcher(name).matches();
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** From now on its messages are numbered from 1 in this epoch. */
  public synchronized void begin(long newEpoch) {
    epoch = newEpoch;
    sequence = 0;
  }

  /** That of the next message. */
  public synchronized Stamp next() {
    return new Stamp(name, epoch, ++sequence);
  }
}
