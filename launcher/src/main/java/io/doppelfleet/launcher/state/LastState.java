package io.doppelfleet.launcher.state;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.StateJson;
import io.doppelfleet.fleet.seal.SealException;
import io.doppelfleet.fleet.seal.SealKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The last state that a node ran, from which it starts when no control is there: the file {@code
 * last-state} of its state directory, sealed under the node's own key. Safe for use by many
 * threads.
 */
public final class LastState {
  private static final String FILE = "last-state";
  private static final String ABOUT = "last state";

  private final Path path;
  private final SealKey key;
  private final SecureRandom random;
  private boolean forgotten;

  /**
   * That of the node with this state directory.
   *
   * @param key 32 bytes
   */
  public LastState(Path state, byte[] key, SecureRandom random) {
    this.path = state.resolve(FILE);
    this.key = new SealKey(key);
    this.random = random;
  }

  /**
   * The state; null where none was kept yet.
   *
   * @throws StateException when it was cut or changed, or a newer version wrote it
   */
  public @Nullable KnownState read() throws StateException {
    byte[] sealed;
    try {
      sealed = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new StateException(path + " can't be read", e);
    }
    try {
      if (!SealKey.keyOf(sealed).equals(key.id())) {
        throw new StateException(path + " is of another node");
      }
      FleetState state = StateJson.read(key.open(sealed, ABOUT));
      return KnownState.of(state);
    } catch (SealException e) {
      throw new StateException(path + " can't be used", e);
    } catch (InvalidValueException e) {
      throw new StateException(path + " can't be used", e);
    }
  }

  /**
   * Keeps a state in place of the one before.
   *
   * @throws StateException when it can't be written; the one before is there then
   */
  public synchronized void write(FleetState state) throws StateException {
    if (forgotten) {
      return;
    }
    try {
      StateDirectory.write(path, key.seal(StateJson.write(state), ABOUT, random));
    } catch (IOException e) {
      throw new StateException("the last state can't be kept in " + path, e);
    }
  }

  /**
   * Takes it away, and keeps none from now on.
   *
   * @throws StateException when it can't be
   */
  public synchronized void forget() throws StateException {
    forgotten = true;
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new StateException(path + " can't be removed", e);
    }
  }
}
