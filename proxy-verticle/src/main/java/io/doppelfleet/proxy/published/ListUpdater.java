package io.doppelfleet.proxy.published;

import io.doppelfleet.proxy.datacenter.Datacenters;
import io.doppelfleet.proxy.dial.Dialler;
import io.doppelfleet.proxy.dial.Ways;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node's list of data centres as Telegram has it: asks one of them on a schedule, by the
 * ways of clients, and keeps the last answer on disk. What isn't Telegram's by its key, or lacks
 * one of its data centres, changes nothing. For one event loop of a node.
 */
public final class ListUpdater {
  private static final Logger LOG = LoggerFactory.getLogger(ListUpdater.class);

  /** In turn, where one doesn't answer: most accounts are with the first ones. */
  private static final List<Integer> ASKED = List.of(2, 4, 1, 5, 3);

  private static final Duration AFTER_FAILURE = Duration.ofMinutes(10);

  /** By which ten minutes are longer than the longest time between two questions. */
  private static final int MOST_DOUBLINGS = 13;

  private static final double JITTER = 0.1;

  private final Vertx vertx;
  private final EventLoop loop;
  private final Dialler dialler;
  private final Ways ways;
  private final Datacenters datacenters;
  private final TelegramKey rsa;
  private final Duration every;
  private final ListFile file;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private int failures;
  private boolean ended;
  private @Nullable Exchange now;
  private @Nullable ScheduledFuture<?> next;

  /**
   * Asks nobody yet.
   *
   * @param rsa by which data centres are known
   * @param stateDirectory where the list is kept
   */
  public ListUpdater(
      Vertx vertx,
      EventLoop loop,
      Dialler dialler,
      Ways ways,
      Datacenters datacenters,
      TelegramKey rsa,
      Duration every,
      Path stateDirectory,
      Clock clock) {
    this.vertx = vertx;
    this.loop = loop;
    this.dialler = dialler;
    this.ways = ways;
    this.datacenters = datacenters;
    this.rsa = rsa;
    this.every = every;
    this.file = new ListFile(stateDirectory);
    this.clock = clock;
  }

  /** Takes what was kept, asks now, and then again and again. */
  public void begin() {
    vertx
        .executeBlocking(file::read, false)
        .onComplete(
            read ->
                loop.execute(
                    () -> {
                      if (read.succeeded()) {
                        read.result().ifPresent(list -> datacenters.publish(list.addresses()));
                      }
                      ask();
                    }));
  }

  /** Asks no more. On the loop. */
  public void end() {
    ended = true;
    if (now != null) {
      now.cancel();
    }
    if (next != null) {
      next.cancel(false);
    }
  }

  private void ask() {
    if (ended) {
      return;
    }
    int datacenter = ASKED.get(failures % ASKED.size());
    List<InetSocketAddress> addresses = datacenters.of(datacenter);
    Inquiry inquiry = new Inquiry(rsa, datacenter, random, clock);
    Exchange exchange =
        new Exchange(vertx, loop, dialler, ways, datacenter, addresses, inquiry, random);
    now = exchange;
    exchange
        .told()
        .onComplete(
            told -> {
              if (ended) {
                return;
              }
              boolean nearby =
                  addresses.stream().anyMatch(each -> PublishedList.isPrivate(each.getAddress()));
              if (told.failed()) {
                failed(datacenter, String.valueOf(told.cause().getMessage()));
              } else if (told.result().hasPrivate() && !nearby) {
                failed(datacenter, "its list has addresses of private networks");
              } else {
                take(told.result());
              }
            });
  }

  private void failed(int datacenter, String why) {
    failures++;
    if (failures == ASKED.size()) { // each was asked
      LOG.warn(
          "the list of data centres can't be had from Telegram, the last one stays (data centre {}:"
              + " {})",
          datacenter,
          why);
    }
    later(pause(failures, every));
  }

  /**
   * Until the next one is asked: soon while not each was. Then ten minutes, and each time twice as
   * long, {@code every} at the most, for who refuses once will refuse again, and each question
   * costs both a new key.
   */
  static Duration pause(int failures, Duration every) {
    int refusals = failures - ASKED.size();
    if (refusals < 0) {
      return Duration.ofSeconds(1);
    }
    Duration longer = AFTER_FAILURE.multipliedBy(1L << Math.min(refusals, MOST_DOUBLINGS));
    return longer.compareTo(every) < 0 ? longer : every;
  }

  private void take(PublishedList list) {
    if (failures >= ASKED.size()) {
      LOG.info("the list of data centres can be had from Telegram again");
    }
    failures = 0;
    if (datacenters.publish(list.addresses())) {
      LOG.info("Telegram has another list of data centres: it is used from now on");
    }
    vertx
        .executeBlocking(
            () -> {
              file.write(list);
              return null;
            },
            false)
        .onFailure(failure -> LOG.error("a list wasn't kept", failure));
    later(every);
  }

  private void later(Duration time) {
    double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
    next = loop.schedule(this::ask, (long) (time.toMillis() * factor), TimeUnit.MILLISECONDS);
  }
}
