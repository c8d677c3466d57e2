package io.doppelfleet.control.http;

import io.doppelfleet.fleet.HostPort;
import org.jspecify.annotations.Nullable;

/**
 * Where the API is served over TCP.
 *
 * @param listen port 0: any that is free
 * @param required the control doesn't start where the address can't be had
 * @param tls null: plain HTTP, which is for this machine alone
 * @param host what browsers are told, which the certificate is for
 * @param connections at once, each of which has an open file
 */
public record WebOptions(
    HostPort listen,
    boolean required,
    @Nullable CertificateFiles tls,
    String host,
    int connections) {
  private static final int MOST_CONNECTIONS = 512;
  private static final int LEAST_CONNECTIONS = 32;

  /** The API may take one of so many open files. */
  private static final int SHARE = 16;

  /** Connections at once that suit a process which may have so many open files. */
  public static int connections(long allowed) {
    return Math.clamp(allowed / SHARE, LEAST_CONNECTIONS, MOST_CONNECTIONS);
  }
}
