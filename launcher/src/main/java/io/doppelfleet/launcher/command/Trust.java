package io.doppelfleet.launcher.command;

import io.doppelfleet.launcher.state.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate of a control is believed.
 *
 * @param authority PEM: whom to believe; null: those whom Java believes
 * @param fingerprint SHA-256 of the only one, 64 hex digits; null: any that is signed, of the
 *     host's name
 */
record Trust(@Nullable String authority, @Nullable String fingerprint) {
  /** More than any chain of certificates has. */
  private static final int LONGEST_FILE = 1 << 20;

  /** What a context remembers. */
  static Trust of(Context context) {
    return new Trust(context.authority(), context.fingerprint());
  }

  /**
   * The certificates of a file, or where there is none those whom Java believes.
   *
   * @throws CommandException when it can't be read, or has none
   */
  static Trust of(@Nullable Path file) throws CommandException {
    if (file == null) {
      return new Trust(null, null);
    }
    try {
      String pem = Files.size(file) > LONGEST_FILE ? "" : Files.readString(file);
      if (!pem.contains("-----BEGIN CERTIFICATE-----")) {
        throw CommandException.wrong(
            "--ca " + file + " has no certificate: PEM, -----BEGIN CERTIFICATE-----, is right");
      }
      return new Trust(pem, null);
    } catch (IOException e) {
      throw CommandException.wrong("--ca " + file + " can't be read: " + e.getMessage());
    }
  }

  void applyTo(HttpClientOptions options) {
    options.setSsl(true);
    if (fingerprint != null) {
      // It is that very one, whatever name it has.
      options
          .setVerifyHost(false)
          .setTrustOptions(TrustOptions.wrap(new PinnedCertificate(fingerprint)));
    } else if (authority != null) {
      options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(authority)));
    }
  }
}
