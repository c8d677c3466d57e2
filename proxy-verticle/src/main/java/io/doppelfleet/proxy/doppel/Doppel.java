package io.doppelfleet.proxy.doppel;

import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloKind;
import io.doppelfleet.proxy.hello.HelloMould;
import io.doppelfleet.proxy.hello.KnownClients;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The profile of now, for all event loops; and what they meet that whoever learns the cover has to
 * know: clients' hellos of new kinds, and our own probes where the cover leads back to us.
 */
public final class Doppel {
  /** Kinds of hellos that the cover is asked about; there are about as many clients. */
  private static final int MOST_KINDS = 16;

  /**
   * Where there are so many, a new one takes the place of the oldest, but no sooner than this after
   * the one before: else a client that makes up kinds would have the cover asked all the time.
   */
  private static final long PLACE_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final List<HelloMould> BUILT_IN =
      List.of(KnownClients.tdlib(), KnownClients.desktop());

  private final LongSupplier nanos;
  private final Map<HelloKind, Optional<HelloMould>> kinds = new ConcurrentHashMap<>();

  /** Those of {@link #kinds} that clients brought, the oldest first. */
  private final Deque<HelloKind> learnt = new ArrayDeque<>();

  private volatile long lastLearnt;

  /** Our hellos under way, by their random, and whether one with it arrived here. */
  private final Map<ByteBuffer, Boolean> probes = new ConcurrentHashMap<>();

  private final RecentAnswers answers = new RecentAnswers(new SplittableRandom());

  private volatile boolean coverSeen;
  private volatile Profile profile;
  private volatile Learner learner = Learner.NOBODY;

  /** Who learns the cover. Called on event loops: must not block. */
  public interface Learner {
    /** Learns nothing. */
    Learner NOBODY = hello -> {};

    /** A client sent this hello, of a kind that is for {@link #learn}. */
    void newKind(ClientHello hello);
  }

  /** With what is known at the start. */
  public Doppel(Profile profile) {
    this(profile, System::nanoTime);
  }

  /** The same with another clock, in nanoseconds. */
  Doppel(Profile profile, LongSupplier nanos) {
    this.profile = profile;
    this.nanos = nanos;
    for (HelloMould known : BUILT_IN) {
      kinds.put(known.kind(), Optional.of(known));
    }
  }

  /** What is known now. */
  public Profile profile() {
    return profile;
  }

  /** From now on this is known. */
  public void learnt(Profile next) {
    profile = next;
  }

  /** How long strangers waited for the cover of late. */
  public RecentAnswers answers() {
    return answers;
  }

  /** From now on this one is told. */
  public void learner(Learner next) {
    learner = next;
  }

  /** A client with a live secret sent this hello. Cheap where its kind was met before. */
  public void met(ClientHello hello) {
    if (!kinds.containsKey(hello.kind()) && hasPlace()) {
      learner.newKind(hello);
    }
  }

  private boolean hasPlace() {
    return kinds.size() < MOST_KINDS || nanos.getAsLong() - lastLearnt >= PLACE_EVERY_NANOS;
  }

  /**
   * Adds a hello's kind to {@link #kinds}, if its hellos can be imitated. That takes milliseconds:
   * not for event loops.
   *
   * @return whether there is one more to ask about
   */
  public synchronized boolean learn(ClientHello hello) {
    HelloKind kind = hello.kind();
    if (kinds.containsKey(kind) || !hasPlace()) {
      return false; // it was learnt meanwhile
    }
    if (kinds.size() >= MOST_KINDS) {
      kinds.remove(learnt.removeFirst());
    }
    Optional<HelloMould> mould = HelloMould.of(hello, false);
    kinds.put(kind, mould);
    learnt.add(kind);
    lastLearnt = nanos.getAsLong();
    return mould.isPresent();
  }

  /**
   * The kinds of hellos to learn the cover's answers to: the known clients', then those met, the
   * oldest first.
   */
  public synchronized List<HelloMould> kinds() {
    return Stream.concat(
            BUILT_IN.stream(),
            learnt.stream().flatMap(kind -> kinds.getOrDefault(kind, Optional.empty()).stream()))
        .toList();
  }

  /**
   * The cover is about to be sent this hello.
   *
   * @param random its 32 bytes, which stay as they are
   */
  public void sending(byte[] random) {
    probes.put(ByteBuffer.wrap(random), false);
  }

  /**
   * Whether that hello, or a copy of it, arrived at this node since. Alone that says little:
   * whoever sees what we send can send it here.
   */
  public boolean cameBack(byte[] random) {
    return probes.getOrDefault(ByteBuffer.wrap(random), false);
  }

  /** What became of that hello is known. */
  public void sent(byte[] random) {
    probes.remove(ByteBuffer.wrap(random));
  }

  /** Any hello arrived; costs nothing while none of ours is under way. */
  public void arrived(ClientHello hello) {
    if (!probes.isEmpty()) {
      probes.replace(ByteBuffer.wrap(hello.random()), true);
    }
  }

  /** Nobody has to wait any more until it is known whether the cover leads back here. */
  public void coverSeen() {
    coverSeen = true;
  }

  /**
   * Whether a stranger may be sent to the cover. Until our first hello there was answered, or is
   * known for lost, that might lead back here: a loop, which would grow by thousands of connections
   * until it is known for one. At the start only, and not for long.
   */
  public boolean isCoverSeen() {
    return coverSeen;
  }
}
