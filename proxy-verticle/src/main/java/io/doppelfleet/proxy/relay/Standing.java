package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.NamedSecret;

/** Whether a client that was let in would be let in now. */
public enum Standing {
  /** It would. */
  SERVED,
  /** Its secret, or that key of it, is no more. */
  SECRET_GONE,
  /** Its address meets the cover now. */
  BANNED,
  /** By the listener's lists its address meets the cover now. */
  LISTED;

  /** Says it of each; may be asked on any thread. */
  public interface Judge {
    /**
     * The standing of one client, but for lists.
     *
     * @param secret by which it came
     * @param high its address, as {@code AddressBits} has it
     * @param low the rest of its address
     */
    Standing of(NamedSecret secret, long high, long low);
  }
}
