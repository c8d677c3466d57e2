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
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

  /** Names of which a look asks for the flights; of more, some at each look in turn. */
  static final int MOST_NAMES = 4;

  /** A look that learnt nothing is repeated sooner, by this factor. */
  private static final int SOONER = 20;

  /** Until what is new is looked at: more of it may come. */
  private static final long SOON_MILLIS = 2_000;

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

  /**
   * The last look found a cover that answers otherwise than before. What it saw is little, and
   * where servers behind one name differ, there is more.
   */
  private boolean doubtful;

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
                after(SOON_MILLIS);
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
    boolean more = doubtful || doppel.kinds().stream().anyMatch(kind -> !asked.contains(kind));
    synchronized (this) {
      now = null;
      over = null;
      more |= again;
      again = false;
      double mean = learnt ? every.toMillis() : (double) every.toMillis() / SOONER;
      after(learnt && more ? SOON_MILLIS : (long) (mean * (0.5 + random.nextDouble())));
    }
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
    List<HelloMould> kinds = doppel.kinds();
    Map<Trouble.Kind, Trouble> troubles = new EnumMap<>(Trouble.Kind.class);
    boolean asksMore = doubtful;
    doubtful = false;
    boolean learnt = false;
    boolean there = true;
    List<String> names = names();
    for (String host : names) {
      Profile before = doppel.profile();
      int each = asksMore || !before.knows(host) ? FIRST : LATER;
      // Of the last name, which is another one at each look: pages take longer than all hellos.
      Look.Visit visit = host.equals(names.getLast()) ? Look.Visit.PAGES : Look.Visit.NONE;
      Findings findings = look.at(addresses, host, kinds, each, visit);
      synchronized (this) {
        if (closed) {
          return false;
        }
      }
      if (findings.leadsBack()) {
        cover.cameBack(true);
        tell(
            List.of(
                new Trouble(
                    Trouble.Kind.LEADS_BACK,
                    "leads back to this node: set proxy.cover to the site's own address")));
        return false;
      }
      Diagnosis.of(findings).forEach(trouble -> troubles.putIfAbsent(trouble.kind(), trouble));
      if (findings.any()) {
        learnt = true;
        learn(findings, before, !asksMore);
      }
      there = !findings.unreachable();
      if (!there) {
        break;
      }
    }
    asked.addAll(kinds);
    asked.retainAll(kinds);
    looks++;
    tell(List.copyOf(troubles.values()));
    if (learnt) {
      cover.cameBack(false);
    }
    if (there) {
      cover.reached(); // strangers have its answer, whatever that is
    } else {
      cover.unreachable();
    }
    return learnt;
  }

  /** That clients ask for, some of them in turn; the cover's own where there are none. */
  private List<String> names() {
    List<String> all = hosts.get();
    if (all.isEmpty()) {
      return List.of(cover.site().host());
    }
    List<String> turned = new ArrayList<>(all);
    Collections.rotate(turned, -(looks % all.size()));
    return turned.subList(0, Math.min(turned.size(), MOST_NAMES));
  }

  /**
   * Of one name.
   *
   * @param mayDoubt whether to ask again where it answers otherwise than before
   */
  private void learn(Findings findings, Profile before, boolean mayDoubt) {
    if (findings.changed(before)) {
      doubtful |= mayDoubt;
      LOG.info(
          "the cover {} answers otherwise than before, as after a change of its certificate: learnt"
              + " anew",
          cover.site());
    }
    Profile next = findings.after(before);
    doppel.learnt(next);
    file.write(next);
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
