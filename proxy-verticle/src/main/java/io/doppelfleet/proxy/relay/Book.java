package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.TrafficReport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one secret has moved since the node's start, on all event loops and under all its keys. May
 * be read on any thread.
 */
final class Book {
  private final String secret;
  private final long counter;
  private final Allowance allowance;

  /** Null where the node has no rate. */
  private @Nullable Share share;

  private volatile Content content = new Content(0, 0, 0, List.of());

  /** Replaced as a whole, so that who reads has each byte once. */
  private record Content(long up, long down, long opened, List<Account> accounts) {}

  /**
   * Empty.
   *
   * @param counter its number, as {@link TrafficReport.Count} has it
   * @param nanoTime a clock like {@link System#nanoTime}
   * @param need is told when a control has to be asked soon
   * @param peers share limits with this node
   * @param waits counts reads that wait for the rate
   */
  Book(
      String secret,
      long counter,
      LongSupplier nanoTime,
      Runnable need,
      Peers peers,
      LongAdder waits) {
    this.secret = secret;
    this.counter = counter;
    this.allowance = new Allowance(this, nanoTime, need, peers, waits);
  }

  /** Whose it is, by name. */
  String secret() {
    return secret;
  }

  /** What may be moved. */
  Allowance allowance() {
    return allowance;
  }

  /** Of the node's rate, on all loops. */
  synchronized Share share() {
    Share own = share;
    if (own == null) {
      own = new Share();
      share = own;
    }
    return own;
  }

  /** Bytes, both ways together. */
  long moved() {
    Content now = content;
    long moved = now.up + now.down;
    for (Account account : now.accounts) {
      moved += account.up() + account.down();
    }
    return moved;
  }

  /** Connections now. */
  int open() {
    int open = 0;
    for (Account account : content.accounts) {
      open += account.open();
    }
    return open;
  }

  /** Connections now by other keys than this one. */
  int openBeside(Secret key) {
    int open = 0;
    for (Account account : content.accounts) {
      if (!account.secret().secret().equals(key)) {
        open += account.open();
      }
    }
    return open;
  }

  /** From now on this account is a part of it. */
  synchronized void add(Account account) {
    List<Account> accounts = new ArrayList<>(content.accounts);
    accounts.add(account);
    content = new Content(content.up, content.down, content.opened, List.copyOf(accounts));
  }

  /** Keeps what an account has that nothing changes any more, and not the account. */
  synchronized void keep(Account ended) {
    List<Account> accounts = new ArrayList<>(content.accounts);
    if (accounts.remove(ended)) {
      content =
          new Content(
              content.up + ended.up(),
              content.down + ended.down(),
              content.opened + ended.opened(),
              List.copyOf(accounts));
    }
  }

  List<Account> accounts() {
    return content.accounts;
  }

  TrafficReport.Count count() {
    Content now = content;
    long up = now.up;
    long down = now.down;
    long opened = now.opened;
    int open = 0;
    for (Account account : now.accounts) {
      up += account.up();
      down += account.down();
      opened += account.opened();
      open += account.open();
    }
    return new TrafficReport.Count(secret, counter, up, down, opened, open);
  }
}
