package io.doppelfleet.bench.stealth.scene;

import java.net.InetAddress;
import java.util.List;

/**
 * Where processes run.
 *
 * @param prefix words before a command that runs there
 * @param address of what listens there
 */
public record Place(List<String> prefix, InetAddress address) {
  /** On this machine's loopback. */
  public static final Place HERE = new Place(List.of(), InetAddress.getLoopbackAddress());

  /** Copies the list. */
  public Place {
    prefix = List.copyOf(prefix);
  }
}
