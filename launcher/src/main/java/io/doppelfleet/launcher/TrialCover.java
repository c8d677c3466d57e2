package io.doppelfleet.launcher;

import io.doppelfleet.fleet.HostPort;

/** The cover of a node whose operator named none. */
final class TrialCover {
  /**
   * Debian's site: it speaks TLS 1.3 with X25519, is reached from nearly everywhere, and a Linux
   * server that talks to it is nothing odd. Good for a trial only, since this machine's address is
   * none of Debian's, which anybody can look up.
   */
  static final HostPort SITE = new HostPort("www.debian.org", 443);

  private TrialCover() {}
}
