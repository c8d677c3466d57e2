package io.doppelfleet.fleet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A state with its checksum, which is made of those of its parts: so one part that changes costs
 * one digest of its text and one of the others' digests, not ten thousand texts. Immutable.
 *
 * <p>Form 2 (1 was {@link StateJson#checksum}, which the history of an older store still has):
 * SHA-256 over the words {@code doppelfleet checksum 2}, the revision in eight bytes, and then for
 * each part, by kind and id, SHA-256 over its kind's name, a blank and its one text.
 */
public final class KnownState {
  private static final int DIGEST = 32;
  private static final byte[] WORDS = "doppelfleet checksum 2".getBytes(StandardCharsets.US_ASCII);
  private static final Comparator<Entity> ORDER =
      Comparator.comparing(Entity::kind).thenComparing(Entity::id);

  private final FleetState state;
  private final String checksum;

  /** Of each part, in their order. */
  private final byte[] digests;

  private KnownState(FleetState state, @Nullable KnownState last) {
    this.state = state.ordered();
    this.digests = digests(this.state, last);
    MessageDigest sha256 = sha256();
    sha256.update(WORDS);
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(state.revision()).flip());
    this.checksum = HexFormat.of().formatHex(sha256.digest(digests));
  }

  /** Makes the checksum. */
  public static KnownState of(FleetState state) {
    return new KnownState(state, null);
  }

  /** The same for one that was made of this one: of what it has in common no text is made. */
  public KnownState next(FleetState next) {
    return new KnownState(next, this);
  }

  private static byte[] digests(FleetState state, @Nullable KnownState last) {
    List<Entity> parts = state.entities().toList();
    List<Entity> before = last == null ? List.of() : last.state.entities().toList();
    byte[] known = last == null ? new byte[0] : last.digests;
    byte[] digests = new byte[DIGEST * parts.size()];
    MessageDigest sha256 = sha256();
    int at = 0;
    for (int i = 0; i < parts.size(); i++) {
      Entity part = parts.get(i);
      if (at < before.size() && isSame(before.get(at), part)) { // as nearly all are
        System.arraycopy(known, DIGEST * at++, digests, DIGEST * i, DIGEST);
        continue;
      }
      while (at < before.size() && ORDER.compare(before.get(at), part) < 0) {
        at++;
      }
      boolean stays = at < before.size() && before.get(at).equals(part);
      byte[] from = stays ? known : digest(sha256, part);
      System.arraycopy(from, stays ? DIGEST * at : 0, digests, DIGEST * i, DIGEST);
    }
    return digests;
  }

  @SuppressWarnings("ReferenceEquality") // to compare ten thousand texts would take longer
  private static boolean isSame(Entity one, Entity other) {
    return one == other;
  }

  private static byte[] digest(MessageDigest sha256, Entity part) {
    sha256.update((part.kind().name() + " ").getBytes(StandardCharsets.US_ASCII));
    return sha256.digest(StateJson.write(part));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** The state, its parts in the order of their ids. */
  public FleetState state() {
    return state;
  }

  /** 64 hex digits: two states with the same are the same. */
  public String checksum() {
    return checksum;
  }

  /** The state's number. */
  public long revision() {
    return state.revision();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KnownState that && checksum.equals(that.checksum);
  }

  @Override
  public int hashCode() {
    return checksum.hashCode();
  }

  @Override
  public String toString() {
    return "KnownState[revision=" + revision() + ", checksum=" + checksum + "]";
  }
}
