package io.doppelfleet.proxy.doppel;

import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloKind;
import io.doppelfleet.proxy.hello.HelloMould;
import io.doppelfleet.proxy.hello.KnownClients;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The profile of now, for all event loops; and what they meet that whoever learns the cover has to
 * know: clients' hellos of new kinds, and our own probes where the cover leads back to us.
 */
public final class Doppel {
  /** Kinds of hellos that the cover is asked about; there are about as many clients. */
  private static final int MOST_KINDS = 16;

  private final Map<HelloKind, Optional<HelloMould>> kinds = new ConcurrentHashMap<>();
  private final Set<ByteBuffer> probes = ConcurrentHashMap.newKeySet();
  private volatile Profile profile;
  private volatile Learner learner = Learner.NOBODY;

  /** Who learns the cover. Called on event loops: must not block. */
  public interface Learner {
    /** Learns nothing. */
    Learner NOBODY =
        new Learner() {
          @Override
          public void newKind() {}

          @Override
          public void cameBack() {}
        };

    /** {@link #kinds} has one more. */
    void newKind();

    /** A hello that was sent to the cover arrived at this node. */
    void cameBack();
  }

  /** With what is known at the start. */
  public Doppel(Profile profile) {
    this.profile = profile;
    for (HelloMould known : List.of(KnownClients.tdlib(), KnownClients.desktop())) {
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

  /** From now on this one is told. */
  public void learner(Learner next) {
    learner = next;
  }

  /** A client with a live secret sent this hello. Cheap where its kind was met before. */
  public void met(ClientHello hello) {
    if (kinds.containsKey(hello.kind()) || kinds.size() >= MOST_KINDS) {
      return;
    }
    Optional<HelloMould> mould = HelloMould.of(hello, false);
    if (kinds.putIfAbsent(hello.kind(), mould) == null && mould.isPresent()) {
      learner.newKind();
    }
  }

  /** The kinds of hellos to learn the cover's answers to: the known clients' and those met. */
  public List<HelloMould> kinds() {
    return kinds.values().stream().flatMap(Optional::stream).toList();
  }

  /**
   * The cover is about to be sent this hello.
   *
   * @param random its 32 bytes, which stay as they are
   */
  public void sending(byte[] random) {
    probes.add(ByteBuffer.wrap(random));
  }

  /** What became of that hello is known. */
  public void sent(byte[] random) {
    probes.remove(ByteBuffer.wrap(random));
  }

  /** Any hello arrived; costs nothing while none of ours is under way. */
  public void arrived(ClientHello hello) {
    if (!probes.isEmpty() && probes.contains(ByteBuffer.wrap(hello.random()))) {
      learner.cameBack();
    }
  }
}
