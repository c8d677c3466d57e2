package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.NamedSecret;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through a table's pairs, a few at each turn of the event loop, and cuts those of clients
 * that would not be let in now: both ends are closed at once, as a pair that was idle for too long
 * is.
 *
 * <p>It goes from the last place to the first. The table puts its last pair where one was removed,
 * and that pair was looked at before or has its new place still before it; who comes meanwhile
 * comes after the last, and would be let in.
 */
final class Sweep implements Runnable {
  /** Pairs that are cut at one turn: four system calls each, 1 to 2 ms in all. */
  private static final int CUTS_A_TURN = 32;

  /** At one turn: a look at a pair is one, and each list that is asked for it another: 0.2 ms. */
  private static final int LOOKS_A_TURN = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

  private final List<Pair> pairs;
  private final Standing.Judge judge;
  private final PairTable.Accounts accounts;
  private final EventLoop loop;
  private boolean underWay;
  private boolean again;

  /** Pairs before this place are to be looked at. */
  private int end;

  private int cut;

  Sweep(List<Pair> pairs, Standing.Judge judge, PairTable.Accounts accounts, EventLoop loop) {
    this.pairs = pairs;
    this.judge = judge;
    this.accounts = accounts;
    this.loop = loop;
  }

  /** Begins, or has the one that is under way begin anew when it is through. */
  void begin() {
    if (underWay) {
      again = true;
      return;
    }
    underWay = true;
    end = pairs.size();
    run();
  }

  @Override
  public void run() {
    end = Math.min(end, pairs.size());
    int looks = 0;
    int cutsEnd = cut + CUTS_A_TURN;
    while (end > 0 && looks < LOOKS_A_TURN && cut < cutsEnd) {
      Pair pair = pairs.get(--end);
      looks += 1 + pair.lists();
      look(pair);
    }
    if (end > 0) {
      // Not execute(): Netty does all tasks, those too that come meanwhile, before it looks at its
      // sockets again; what is scheduled it takes up once a turn.
      loop.schedule(this, 0, TimeUnit.NANOSECONDS);
      return;
    }
    underWay = false;
    if (again) {
      again = false;
      begin();
    } else if (cut > 0) {
      LOG.info("{} connections were cut whose secrets or addresses are served no longer", cut);
      cut = 0;
    }
  }

  private void look(Pair pair) {
    NamedSecret secret = pair.secret();
    if (secret == null) {
      return;
    }
    Standing standing = pair.isListed() ? Standing.LISTED : pair.standing(secret, judge);
    if (standing == Standing.SERVED) {
      return;
    }
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "cutting one of {} from {}: {} bytes up, {} down",
          secret.name(),
          pair.from().getHostAddress(),
          pair.up(),
          pair.down());
    }
    pair.cut();
    accounts.cut(standing);
    cut++;
  }
}
