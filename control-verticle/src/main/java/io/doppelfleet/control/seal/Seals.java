package io.doppelfleet.control.seal;

import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens and seals with the keys of one file. Safe for use by many threads. */
public final class Seals {
  private final FleetKeyFile file;
  private final SecureRandom random;
  private volatile List<FleetKey> keys;

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

  /** The file. */
  public FleetKeyFile file() {
    return file;
  }

  /**
   * The key that sealed a value. The file is read anew where it isn't known yet: another control
   * may have changed it, and the operator have brought the new one.
   *
   * @throws SealException where the file has no such key
   */
  public FleetKey keyOf(byte[] sealed) throws SealException {
    String id = FleetKey.keyOf(sealed);
    FleetKey known = known(sealed);
    if (known == null) {
      keys = file.read();
      known = known(sealed);
    }
    if (known == null) {
      throw new SealException(
          "the store is sealed under the key "
              + id
              + ", the key file "
              + file.path()
              + " has "
              + String.join(" and ", keys.stream().map(FleetKey::id).toList())
              + ": put the store's own key file there");
    }
    return known;
  }

  private @Nullable FleetKey known(byte[] sealed) {
    for (FleetKey key : keys) {
      if (key.sealed(sealed)) {
        return key;
      }
    }
    return null;
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
  public byte[] seal(FleetKey key, byte[] plain, String about) {
    return key.seal(plain, about, random);
  }

  /** The newest key of the file. */
  public FleetKey newest() {
    return keys.getLast();
  }

  /**
   * Puts these keys into the file and takes them.
   *
   * @throws SealException where it can't be written
   */
  public void replace(List<FleetKey> all) throws SealException {
    file.write(all);
    keys = List.copyOf(all);
  }

  /**
   * Drops all keys but one, from the file too.
   *
   * @throws SealException where the file can't be written
   */
  public void keepOnly(FleetKey key) throws SealException {
    if (keys.size() > 1) {
      replace(List.of(key));
    }
  }
}
