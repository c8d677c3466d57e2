package io.doppelfleet.launcher.state;

import org.jspecify.annotations.Nullable;

/**
 * A control elsewhere as commands remember it.
 *
 * @param name 1 to 64 characters, see {@link ContextFile#isName}
 * @param url https, or http of this machine
 * @param token of {@code token add}
 * @param authority a certificate as PEM, by which the control's is believed; null: those that Java
 *     believes
 * @param fingerprint SHA-256 of the one certificate that is believed, 64 hex digits; null: any that
 *     an authority signed
 */
public record Context(
    String name,
    String url,
    String token,
    @Nullable String authority,
    @Nullable String fingerprint) {
  /** Without the token. */
  @Override
  public String toString() {
    return "Context[" + name + ", " + url + "]";
  }
}
