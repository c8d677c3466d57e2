package io.doppelfleet.proxy;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.proxy.relay.Account;
import io.doppelfleet.proxy.relay.Books;
import io.doppelfleet.proxy.relay.Counts;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** What the event loops count. Of keys that are gone they forget what a control has. */
final class NodeCounts implements Counts {
  private final Books books;
  private final List<ProxyVerticle> verticles;
  private final Predicate<NamedSecret> served;

  /**
   * Of these loops.
   *
   * @param served whether a secret is of the present state; asked on any thread
   */
  NodeCounts(Books books, List<ProxyVerticle> verticles, Predicate<NamedSecret> served) {
    this.books = books;
    this.verticles = verticles;
    this.served = served;
  }

  @Override
  public List<TrafficReport.Count> now() {
    return books.now();
  }

  @Override
  public List<TrafficReport.Budget> budgets(List<TrafficReport.Count> counts) {
    return counts.stream().map(books::budget).filter(Objects::nonNull).toList();
  }

  @Override
  public void granted(TrafficReport.Count at, long bytes) {
    books.grant(at, bytes);
  }

  @Override
  public void giveBack() {
    books.giveBack();
  }

  @Override
  public void onNeed(Runnable told) {
    books.onNeed(told);
  }

  @Override
  public void kept(Collection<TrafficReport.Count> counts) {
    List<Account> unused = books.unused(served);
    if (!unused.isEmpty()) {
      verticles.forEach(verticle -> verticle.forget(unused));
    }
    books.close(counts);
  }
}
