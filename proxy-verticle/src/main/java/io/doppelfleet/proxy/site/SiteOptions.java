package io.doppelfleet.proxy.site;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The built-in site.
 *
 * @param directory its pages; null for the included ones, which are put into the state directory
 *     once
 * @param certificate PEM file: the certificate and those that lead to its authority
 * @param key PEM file: the private key, without a password
 * @param times how patient it is
 */
public record SiteOptions(@Nullable Path directory, Path certificate, Path key, Times times) {

  /** With the patience of a usual web server. */
  public static SiteOptions of(@Nullable Path directory, Path certificate, Path key) {
    return new SiteOptions(directory, certificate, key, Times.defaults());
  }

  /**
   * How long the site waits. What it waits for is bounded as a whole, so a byte now and then keeps
   * no connection open.
   *
   * @param header for the TLS handshake, and again for the whole of a request's header
   * @param keepAlive for the next request
   * @param send for a reader who takes nothing of an answer
   * @param linger for the rest of a request that is not wanted, before the connection is closed
   * @param reload between two looks at the files of certificate and key
   */
  public record Times(
      Duration header, Duration keepAlive, Duration send, Duration linger, Duration reload) {

    /** nginx's defaults, and a look at the files each 5 s. */
    public static Times defaults() {
      return new Times(
          Duration.ofSeconds(60),
          Duration.ofSeconds(75),
          Duration.ofSeconds(60),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5));
    }
  }
}
