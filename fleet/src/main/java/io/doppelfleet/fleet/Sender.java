package io.doppelfleet.fleet;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Numbers the messages of one sender from its start on. Safe for use by many threads. */
public final class Sender {
  private final String name;
  private final long epoch;
  private final AtomicLong sequence = new AtomicLong();

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

  /** Its name. */
  public String name() {
    return name;
  }

  /** That of the next message. */
  public Stamp next() {
    return new Stamp(name, epoch, sequence.incrementAndGet());
  }
}
