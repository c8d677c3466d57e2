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
 */
public record WebOptions(
    HostPort listen, boolean required, @Nullable CertificateFiles tls, String host) {}
