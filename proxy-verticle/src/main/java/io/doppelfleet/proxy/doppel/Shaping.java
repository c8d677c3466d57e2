package io.doppelfleet.proxy.doppel;

/** How far what leaves for clients is made to look like what the cover sends. */
public enum Shaping {
  /** Records as the data centre's bytes come, 16401 bytes at most. */
  OFF,
  /** Records of the cover's sizes, of what is there; nothing waits. */
  LIGHT,
  /** Records of the cover's sizes, which bytes that are too few for one wait for. */
  FULL
}
