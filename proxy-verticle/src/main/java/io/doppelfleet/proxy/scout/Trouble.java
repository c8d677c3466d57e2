package io.doppelfleet.proxy.scout;

import io.doppelfleet.fleet.HostPort;

/**
 * Something about a cover that its operator should know.
 *
 * @param kind what it is; it is told once, and again after it was gone
 * @param text what goes on, and what would be right, to follow "the cover HOST:PORT "
 */
public record Trouble(Kind kind, String text) {
  /** The whole sentence. */
  public String of(HostPort site) {
    return "the cover " + site + " " + text;
  }

  /** How bad it is, and what. */
  public enum Kind {
    /** It takes no connection. */
    UNREACHABLE(true),
    /** It is this node. */
    LEADS_BACK(true),
    /** It speaks no TLS. */
    GARBAGE(true),
    /** It takes too long. */
    SLOW(true),
    /** Its flight has no end. */
    ENDLESS(true),
    /** It doesn't answer clients' hellos. */
    REFUSES(true),
    /** It has no TLS 1.3. */
    OLDER_TLS(true),
    /** It asks clients again. */
    RETRY(true),
    /** Its flight is longer than what clients take. */
    TOO_LONG(false),
    /** Its flight has several encrypted records. */
    SEVERAL_RECORDS(false),
    /** Visitors are warned of it. */
    CERTIFICATE(false),
    /** No page can be loaded. */
    NO_PAGES(false);

    private final boolean fatal;

    Kind(boolean fatal) {
      this.fatal = fatal;
    }

    /** Whether no client can look as if it spoke to this cover. */
    public boolean fatal() {
      return fatal;
    }
  }
}
