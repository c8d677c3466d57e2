package io.doppelfleet.proxy.scout;

import io.doppelfleet.proxy.cover.Cover;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.ProfileFile;
import io.doppelfleet.proxy.front.ProxyVersion;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloMould;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the profile fresh: looks at the cover at the start, then on a period with jitter, and
 * sooner where a client of a new kind came. Each look has a thread of its own, which ends with it;
 * between two looks there is a timer. What the operator should know is told once, when it begins:
 * of the first look by {@link #firstLook}, later in the log.
 */
public final class Scout implements Doppel.Learner {
  private static final Logger LOG = LoggerFactory.getLogger(Scout.class);

  /** Hellos of each kind when little is known, and later. */
  private static final int FIRST = 6;

  private static final int LATER = 2;

  /** A look that learnt nothing is repeated sooner, by this factor. */
  private static final int SOONER = 20;

  /** Until a new kind of hello is looked at: others may come with it. */
  private static final long NEW_KIND_MILLIS = 2_000;

  private final Vertx vertx;
  private final Cover cover;
  private final Doppel doppel;
  private final ProfileFile file;
  private final Supplier<List<String>> hosts;
  private final Duration every;
  private final Bounds bounds;
  private final Random random;
  private final Clock clock;

  private final Set<Trouble.Kind> told = EnumSet.noneOf(Trouble.Kind.class);
  private final Set<HelloMould> asked = new HashSet<>();
  private final Promise<List<Trouble>> firstLook = Promise.promise();
  private int looks;

  private final AtomicBoolean learning = new AtomicBoolean();

  private @Nullable Look now;
  private @Nullable Promise<Void> over;
  private boolean closed;

  /** What the look under way may have seen has changed. */
  private boolean again;

  private long timer = -1;

  /** When the next look is, by the monotonic clock. */
  private long due = System.nanoTime();

  /**
   * A scout that wasn't sent.
   *
   * @param file where the profile is kept
   * @param hosts the names that clients ask the cover for; asked for at each look
   * @param every the mean time from look to look, which varies by half of it either way
   * @param random of hellos and times, must be unpredictable
   */
  public Scout(
      Vertx vertx,
      Cover cover,
      Doppel doppel,
      ProfileFile file,
      Supplier<List<String>> hosts,
      Duration every,
      Bounds bounds,
      Random random,
      Clock clock) {
    this.vertx = vertx;
    this.cover = cover;
    this.doppel = doppel;
    this.file = file;
    this.hosts = hosts;
    this.every = every;
    this.bounds = bounds;
    this.random = random;
    this.clock = clock;
  }

  /** Looks now, and from then on. Returns at once. */
  public void start() {
    doppel.learner(this);
    cover.whenDown(this::lookSoon);
    begin();
  }

  /**
   * What is wrong with the cover by the first look, for whoever starts the node to tell; nothing
   * where it was not finished. Never fails, and may be told on any thread.
   */
  public Future<List<Trouble>> firstLook() {
    return firstLook.future();
  }

  /** Looks no more; the result comes when a look under way has ended. */
  public synchronized Future<Void> close() {
    closed = true;
    doppel.learner(Doppel.Learner.NOBODY);
    vertx.cancelTimer(timer);
    endLook();
    if (over == null) {
      firstLook.tryComplete(List.of());
    }
    return over == null ? Future.succeededFuture() : over.future();
  }

  @Override
  public void newKind(ClientHello hello) {
    if (!learning.compareAndSet(false, true)) {
      return; // where clients of two new kinds come at once, the other comes again
    }
    vertx
        .executeBlocking(() -> doppel.learn(hello), false)
        .onComplete(
            learnt -> {
              learning.set(false);
              if (learnt.succeeded() && learnt.result()) {
                after(NEW_KIND_MILLIS);
              }
            });
  }

  private synchronized void endLook() {
    if (now != null) {
      now.end();
    }
  }

  private synchronized void after(long millis) {
    if (!closed && now == null) {
      vertx.cancelTimer(timer);
      due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      timer = vertx.setTimer(Math.max(1, millis), time -> begin());
    }
  }

  /** The cover has changed: looks at once, or once more after a look that is under way. */
  public synchronized void lookNow() {
    again |= now != null;
    after(0);
  }

  /** A cover that comes and goes doesn't put the next look off. */
  private synchronized void lookSoon() {
    long soon = every.toMillis() / SOONER;
    if (due - System.nanoTime() > TimeUnit.MILLISECONDS.toNanos(soon)) {
      after(soon);
    }
  }

  private synchronized void begin() {
    if (closed || now != null) {
      return;
    }
    ProxyVersion header = cover.header();
    byte[] first = header == null ? new byte[0] : header.own();
    Look look = new Look(bounds, doppel, random, clock, first);
    Promise<Void> done = Promise.promise();
    now = look;
    over = done;
    Thread.ofPlatform()
        .daemon()
        .name("doppelfleet-scout")
        .start(
            () -> {
              boolean learnt = false;
              try {
                learnt = look(look);
              } catch (RuntimeException e) {
                LOG.error("a look at the cover {} failed", cover.site(), e);
              } finally {
                look.forget();
                doppel.coverSeen();
                firstLook.tryComplete(List.of());
                ended(learnt);
                done.complete();
              }
            });
  }

  private void ended(boolean learnt) {
    boolean more = doppel.kinds().stream().anyMatch(kind -> !asked.contains(kind));
    synchronized (this) {
      now = null;
      over = null;
      more |= again;
      again = false;
    }
    double mean = learnt ? every.toMillis() : (double) every.toMillis() / SOONER;
    after(learnt && more ? NEW_KIND_MILLIS : (long) (mean * (0.5 + random.nextDouble())));
  }

  /** Whether anything was learnt. */
  private boolean look(Look look) {
    List<InetSocketAddress> addresses;
    try {
      addresses = cover.resolved();
    } catch (IOException e) {
      cover.failed(e);
      return false;
    }
    Profile before = doppel.profile();
    List<String> names = hosts.get();
    String host = names.isEmpty() ? cover.site().host() : names.get(looks % names.size());
    looks++;
    List<HelloMould> kinds = doppel.kinds();
    boolean known = before.traffic() != null && !before.flights().isEmpty();
    Findings findings = look.at(addresses, host, kinds, known ? LATER : FIRST, Look.Visit.PAGES);
    synchronized (this) {
      if (closed) {
        return false;
      }
    }
    asked.addAll(kinds);
    asked.retainAll(kinds);
    if (findings.leadsBack()) {
      cover.cameBack(true);
      tell(
          List.of(
              new Trouble(
                  Trouble.Kind.LEADS_BACK,
                  "leads back to this node: set proxy.cover to the site's own address")));
      return false;
    }
    tell(Diagnosis.of(findings));
    if (!findings.any()) {
      if (findings.unreachable()) {
        cover.unreachable();
      } else {
        cover.reached(); // strangers have its answer, whatever that is
      }
      return false;
    }
    cover.cameBack(false);
    cover.reached();
    if (findings.changed(before)) {
      LOG.info(
          "the cover {} answers otherwise than before, as after a change of its certificate: learnt"
              + " anew",
          cover.site());
    }
    Profile next = findings.after(before);
    doppel.learnt(next);
    file.write(next);
    return true;
  }

  private void tell(List<Trouble> troubles) {
    boolean first = firstLook.tryComplete(troubles);
    Set<Trouble.Kind> present = EnumSet.noneOf(Trouble.Kind.class);
    for (Trouble trouble : troubles) {
      present.add(trouble.kind());
      if (told.add(trouble.kind()) && !first) {
        LOG.warn(trouble.of(cover.site()));
      }
    }
    if (told.retainAll(present) && present.isEmpty()) {
      LOG.info("the cover {} is as it should be again", cover.site());
    }
  }
}
