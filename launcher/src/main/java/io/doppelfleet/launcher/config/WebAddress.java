package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.HostPort;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where people and programs reach the control in this process over TCP.
 *
 * @param listen the address; of this machine alone where there is no TLS
 * @param chosen whether the operator wrote it
 * @param tls null: plain HTTP
 * @param host what browsers are told, which the certificate is for
 */
public record WebAddress(HostPort listen, boolean chosen, @Nullable Tls tls, String host) {
  /** PEM files; the certificate's has its chain. */
  public record Tls(Path certificate, Path key) {}
}
