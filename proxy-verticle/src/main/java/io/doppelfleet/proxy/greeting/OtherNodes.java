package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.hello.ClientHello;

/** What the fleet's other nodes know of hellos. For any event loop, and it waits for nobody. */
public interface OtherNodes {
  /** There are none. */
  OtherNodes NONE = (hello, secret) -> true;

  /**
   * Tells them of a hello that is good, and new on this node.
   *
   * @param secret whose key made it
   * @return whether it is new on the others too, as far as is known here
   */
  boolean first(ClientHello hello, NamedSecret secret);
}
