package io.doppelfleet.launcher.config;

/** What a process does. */
public enum Role {
  /** It carries clients, and leads itself where it has a store. */
  ALL,
  /** It carries clients, and a control elsewhere leads it. */
  PROXY,
  /** It leads nodes elsewhere. */
  CONTROL
}
