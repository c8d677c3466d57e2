package io.doppelfleet.control.api;

import org.jspecify.annotations.Nullable;

/** Says where browsers find the dashboard. */
public interface Dashboard {
  /** Its first page, with a slash at the end; null: it is served nowhere, or not yet. */
  @Nullable String url();

  /** The link by which somebody sets a password. What it has behind the # no browser sends. */
  static String link(String url, String invitation) {
    return url + "#invitation=" + invitation;
  }
}
