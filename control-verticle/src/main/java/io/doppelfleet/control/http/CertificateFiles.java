package io.doppelfleet.control.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;

/**
 * Who a server is, in PEM files that are written anew from time to time.
 *
 * @param certificate with its chain
 * @param key of the first certificate
 */
public record CertificateFiles(Path certificate, Path key) {
  /** What they hold now. */
  PemKeyCertOptions read() throws IOException {
    return new PemKeyCertOptions()
        .addCertValue(Buffer.buffer(Files.readAllBytes(certificate)))
        .addKeyValue(Buffer.buffer(Files.readAllBytes(key)));
  }

  /** What is another when a file is: links are followed. */
  List<List<Object>> stamp() {
    return List.of(stamp(certificate), stamp(key));
  }

  private static List<Object> stamp(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return List.of(
          now.lastModifiedTime(), now.size(), Objects.requireNonNullElse(now.fileKey(), ""));
    } catch (IOException e) {
      return List.of();
    }
  }
}
