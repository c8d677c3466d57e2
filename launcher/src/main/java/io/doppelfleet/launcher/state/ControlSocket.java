package io.doppelfleet.launcher.state;

import java.nio.file.Path;

/** The Unix socket by which commands reach the control of a running node. */
public final class ControlSocket {
  private ControlSocket() {}

  /** That of the node with this state directory. */
  public static Path in(Path state) {
    return state.resolve("control.sock");
  }
}
