package io.doppelfleet.control.access;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often passwords may be tried: five times in a row from a network, then once in 30 s. Networks
 * that nobody has signed in from within a day share 20 tries, then two in a second, for each takes
 * a processor its time; of these a /48 of IPv6, which somebody may have alone, ten, then one in 10
 * s; and of one account ten, then one in 30 s, for somebody may have many networks. Of codes, which
 * are six digits, one account has ten and then one in 300 s: who tries them knows the password.
 * Strangers share these, and so do all others, so that who has found out a password keeps its owner
 * out of no network that they come from. A try that was right is given back; one that is refused
 * changes nothing.
 *
 * <p>A look at a password that is right takes a processor its time too, and whoever knows one could
 * ask for it again and again: so of one account 20 are done in a row from a network, then one in 3
 * s, and as many from all of which nobody is known together. None of these is given back.
 *
 * <p>What was tried is forgotten when the process ends, which nobody outside can bring about, and
 * whose start takes as long as some tries; where somebody signed in is known from the audit log.
 */
final class Throttle {
  private static final int MOST_NETWORKS = 4096;
  private static final int MOST_NAMES = 4096;
  static final int MOST_KNOWN = 1024;

  /** So long nobody is a stranger where somebody signed in. */
  static final Duration KNOWN = Duration.ofDays(1);

  private static final Rate OF_ONE = new Rate(5, 30);
  private static final Rate OF_A_48 = new Rate(10, 10);
  private static final Rate OF_A_NAME = new Rate(10, 30);
  private static final Rate OF_CODES = new Rate(10, 300);
  private static final Rate OF_STRANGERS = new Rate(20, 0.5);
  private static final Rate OF_LOOKS = new Rate(20, 3);

  private final LongSupplier nanos;
  private final Bucket strangers;
  private final Map<String, Bucket> byNetwork = new Newest<>(MOST_NETWORKS);
  private final Map<String, Bucket> by48 = new Newest<>(MOST_NETWORKS);
  private final Map<String, Bucket> byName = new Newest<>(MOST_NAMES);

  private final Map<String, Bucket> codesOfStrangers = new Newest<>(MOST_NAMES);
  private final Map<String, Bucket> codesOfKnown = new Newest<>(MOST_NAMES);
  private final Map<String, Bucket> looks = new Newest<>(MOST_NAMES);

  /** When somebody last signed in from a network. */
  private final Map<String, Long> known = new Newest<>(MOST_KNOWN);

  /** With a monotonic clock. */
  Throttle(LongSupplier nanos) {
    this.nanos = nanos;
    this.strangers = new Bucket(OF_STRANGERS, nanos.getAsLong());
  }

  private record Rate(int most, double secondsEach) {}

  /** Those that were used last. */
  private static final class Newest<V> extends LinkedHashMap<String, V> {
    private static final long serialVersionUID = 1;

    private final int most;

    Newest(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
      return size() > most;
    }
  }

  /** Tries that are left; they come back with time. */
  private static final class Bucket {
    private final Rate rate;
    private double left;
    private long at;

    Bucket(Rate rate, long now) {
      this.rate = rate;
      this.left = rate.most;
      this.at = now;
    }

    /** Seconds until there is one; 0: there is. */
    int seconds(long now) {
      left = Math.min(rate.most, left + (now - at) / 1e9 / rate.secondsEach);
      at = now;
      return left >= 1 ? 0 : (int) Math.ceil((1 - left) * rate.secondsEach);
    }

    void take() {
      left--;
    }

    void giveBack() {
      left = Math.min(rate.most, left + 1);
    }
  }

  /**
   * Takes a try.
   *
   * @param name of the account, whether or not there is one
   * @return seconds after which there is one, 0: it may be done now
   */
  synchronized int take(String address, String name) {
    long now = nanos.getAsLong();
    String network = Network.of(address);
    String around = Network.ofStranger(address); // of IPv4 it is the network
    boolean stranger = isStranger(network, now);
    Bucket own = bucket(byNetwork, network, OF_ONE, now);
    Bucket of48 = bucket(by48, around, OF_A_48, now);
    Bucket ofName = bucket(byName, name, OF_A_NAME, now);
    int wait = own.seconds(now);
    if (stranger) {
      wait = Math.max(wait, Math.max(of48.seconds(now), ofName.seconds(now)));
      wait = Math.max(wait, strangers.seconds(now));
    }
    if (wait == 0) {
      own.take();
      byNetwork.put(network, own);
      if (stranger) {
        of48.take();
        by48.put(around, of48);
        ofName.take();
        byName.put(name, ofName);
        strangers.take();
      }
    }
    return wait;
  }

  /** What was tried was right: that try is none, and nobody is a stranger there for a day. */
  synchronized void succeeded(String address, String name) {
    giveBack(address, name);
    known.put(Network.of(address), nanos.getAsLong());
  }

  /** Nothing was tried after all. */
  synchronized void giveBack(String address, String name) {
    long now = nanos.getAsLong();
    String network = Network.of(address);
    giveBack(byNetwork.get(network));
    if (isStranger(network, now)) {
      giveBack(by48.get(Network.ofStranger(address)));
      giveBack(byName.get(name));
      strangers.giveBack();
    }
  }

  /**
   * Takes a try of a code.
   *
   * @param name of an account that there is
   * @return seconds after which there is one, 0: it may be done now
   */
  synchronized int takeCode(String address, String name) {
    long now = nanos.getAsLong();
    return take(codes(address, now), name, OF_CODES, now);
  }

  /**
   * Takes a look at a password, whatever comes of it.
   *
   * @param name of the account, whether or not there is one
   * @return seconds after which there is one, 0: it may be done now
   */
  synchronized int takeLook(String address, String name) {
    long now = nanos.getAsLong();
    boolean stranger = isStranger(Network.of(address), now);
    String whose = stranger ? name : Network.ofStranger(address) + " " + name; // none has a space
    return take(looks, whose, OF_LOOKS, now);
  }

  private static int take(Map<String, Bucket> kept, String key, Rate rate, long now) {
    Bucket bucket = bucket(kept, key, rate, now);
    int wait = bucket.seconds(now);
    if (wait == 0) {
      bucket.take();
      kept.put(key, bucket);
    }
    return wait;
  }

  /** The code was right, or none was looked at. */
  synchronized void giveBackCode(String address, String name) {
    giveBack(codes(address, nanos.getAsLong()).get(name));
  }

  private Map<String, Bucket> codes(String address, long now) {
    return isStranger(Network.of(address), now) ? codesOfStrangers : codesOfKnown;
  }

  /** Somebody came in from there by what can't be guessed. */
  synchronized void welcome(String address) {
    known.put(Network.of(address), nanos.getAsLong());
  }

  /** Somebody came in from there a while ago, as was remembered elsewhere; the oldest first. */
  synchronized void remember(String address, Duration ago) {
    known.put(Network.of(address), nanos.getAsLong() - ago.toNanos());
  }

  private boolean isStranger(String network, long now) {
    Long since = known.get(network);
    if (since != null && now - since > KNOWN.toNanos()) {
      known.remove(network);
      return true;
    }
    return since == null;
  }

  /** That which is kept, or a full one, which isn't kept yet. */
  private static Bucket bucket(Map<String, Bucket> kept, String key, Rate rate, long now) {
    Bucket found = kept.get(key);
    return found == null ? new Bucket(rate, now) : found;
  }

  private static void giveBack(@Nullable Bucket bucket) {
    if (bucket != null) {
      bucket.giveBack();
    }
  }
}
