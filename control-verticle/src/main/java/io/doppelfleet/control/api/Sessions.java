package io.doppelfleet.control.api;

import io.doppelfleet.control.access.Credential;

/** What browsers are told of their session. */
final class Sessions {
  /** With this beginning a browser takes it over TLS only, and from this host alone. */
  private static final String OVER_TLS = "__Host-";

  private static final String NAME = "doppelfleet";

  private Sessions() {}

  /** The cookie's name. */
  static String cookie(boolean tls) {
    return tls ? OVER_TLS + NAME : NAME;
  }

  /** The head's line that gives a browser its session, or takes it away where there is none. */
  static String line(String session, boolean tls) {
    return cookie(tls)
        + "="
        + session
        + "; Path=/; HttpOnly; SameSite=Strict"
        + (tls ? "; Secure" : "")
        + (session.isEmpty() ? "; Max-Age=0" : "");
  }

  /** What only our own pages can say of a session, whose cookie no script can read. */
  static String csrf(String session) {
    return Credential.hash("csrf " + session);
  }
}
