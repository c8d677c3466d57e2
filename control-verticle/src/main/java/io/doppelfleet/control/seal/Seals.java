package io.doppelfleet.control.seal;

import io.doppelfleet.control.lock.LockFile;
import io.doppelfleet.fleet.seal.SealException;
import io.doppelfleet.fleet.seal.SealKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Opens and seals with the keys of one file. Safe for use by many threads. */
public final class Seals {
  /** Whoever may use the database can say things under keys that nobody has. */
  private static final long LOOK_NANOS = 5_000_000_000L;

  private final FleetKeyFile file;
  private final SecureRandom random;
  private volatile List<SealKey> keys;
  private volatile long lookedForSpeakers = System.nanoTime() - LOOK_NANOS;

  /**
   * With the keys that are in the file now.
   *
   * @throws SealException where the file can't be used
   */
  public Seals(FleetKeyFile file, SecureRandom random) throws SealException {
    this.file = file;
    this.random = random;
    this.keys = file.read();
  }

  /**
   * The key that sealed a value. The file is read anew where it isn't known yet: another control
   * may have changed it, and the operator have brought the new one.
   *
   * @throws SealException where the file has no such key
   */
  public SealKey keyOf(byte[] sealed) throws SealException {
    SealKey.keyOf(sealed); // or it is no sealed value
    SealKey known = known(keys, sealed);
    return known == null ? required(reread(), sealed) : known;
  }

  private List<SealKey> reread() throws SealException {
    List<SealKey> all = file.read();
    keys = all;
    return all;
  }

  private static @Nullable SealKey known(List<SealKey> all, byte[] sealed) {
    for (SealKey key : all) {
      if (key.sealed(sealed)) {
        return key;
      }
    }
    return null;
  }

  private SealKey required(List<SealKey> all, byte[] sealed) throws SealException {
    SealKey known = known(all, sealed);
    if (known == null) {
      throw new SealException(
          "the store is sealed under the key "
              + SealKey.keyOf(sealed)
              + ", the key file "
              + file.path()
              + " has "
              + String.join(" and ", all.stream().map(SealKey::id).toList())
              + ": put the store's own key file there");
    }
    return known;
  }

  /**
   * The value that was sealed under one of the keys.
   *
   * @param about as it was sealed
   * @throws SealException where it was changed or no key is right
   */
  public byte[] open(byte[] sealed, String about) throws SealException {
    return keyOf(sealed).open(sealed, about);
  }

  /** Seals a value under a key. */
  public byte[] seal(SealKey key, byte[] plain, String about) {
    return key.seal(plain, about, random);
  }

  /**
   * Seals what somebody says, under a key that is made of the newest one and of who says it: who
   * says much for years uses up none of the fleet's own.
   */
  public byte[] sealAs(String speaker, byte[] plain) {
    return keyOf(newest(), speaker).seal(plain, speaker, random);
  }

  /**
   * What somebody said. For a key that isn't known yet the file is read anew, and for the next such
   * one five seconds later.
   *
   * @throws SealException where it was changed, or was sealed under none of these keys
   */
  public byte[] openAs(String speaker, byte[] sealed) throws SealException {
    SealKey.keyOf(sealed); // or it is no sealed value
    SealKey known = known(keysOf(keys, speaker), sealed);
    return (known == null ? required(keysOf(lookedAt(), speaker), sealed) : known)
        .open(sealed, speaker);
  }

  private List<SealKey> lookedAt() throws SealException {
    long now = System.nanoTime();
    if (now - lookedForSpeakers < LOOK_NANOS) {
      return keys;
    }
    lookedForSpeakers = now;
    return reread();
  }

  private static List<SealKey> keysOf(List<SealKey> all, String speaker) {
    return all.stream().map(key -> keyOf(key, speaker)).toList();
  }

  private static SealKey keyOf(SealKey key, String speaker) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.bytes(), "HmacSHA256"));
      return new SealKey(mac.doFinal(speaker.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** Where the keys are. */
  public Path file() {
    return file.path();
  }

  /** The newest key of the file. */
  public SealKey newest() {
    return keys.getLast();
  }

  /** Whether the file had two keys when it was last read: a change has begun. */
  public boolean areChanging() {
    return keys.size() > 1;
  }

  /**
   * Begins a change of the file. Waits until no other control changes it.
   *
   * @throws SealException where its directory can't be written
   */
  public Change change() throws SealException {
    return new Change(file.lock());
  }

  /**
   * A change of the file, which nobody else changes until this is closed. The store mustn't be
   * sealed under another key meanwhile: its lock is to be had at each step.
   */
  public final class Change implements AutoCloseable {
    private final LockFile lock;

    private Change(LockFile lock) {
      this.lock = lock;
    }

    /**
     * Whether a change that was begun before was not ended: the file has two keys.
     *
     * @throws SealException where it can't be read
     */
    public boolean isUnfinished() throws SealException {
      return reread().size() > 1;
    }

    /**
     * A new key, which the file has from now on beside the one that sealed a value.
     *
     * @throws SealException where the file hasn't that one, or can't be written
     */
    public SealKey add(byte[] sealed) throws SealException {
      SealKey present = required(reread(), sealed);
      SealKey next = file.newKey();
      replace(List.of(present, next));
      return next;
    }

    /**
     * Drops all keys but the one that sealed a value.
     *
     * @throws SealException where the file hasn't that one, or can't be written
     */
    public void keepOnly(byte[] sealed) throws SealException {
      List<SealKey> all = reread();
      SealKey kept = required(all, sealed);
      if (all.size() > 1) {
        replace(List.of(kept));
      }
    }

    private void replace(List<SealKey> all) throws SealException {
      file.write(all);
      keys = all;
    }

    @Override
    public void close() {
      lock.close();
    }
  }
}
