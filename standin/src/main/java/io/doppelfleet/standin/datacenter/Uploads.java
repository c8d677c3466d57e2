package io.doppelfleet.standin.datacenter;

import io.doppelfleet.fleet.mtproto.Digests;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What was uploaded, as checksums: parts come in any order, by several connections, and none is
 * kept. Thread-safe.
 */
final class Uploads {
  private final ConcurrentMap<Long, Map<Integer, Part>> files = new ConcurrentHashMap<>();

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Part(int length, byte[] sha256) {}

  /** A part that comes again replaces the first. */
  void add(long file, int part, byte[] content) {
    Part summary = new Part(content.length, Digests.sha256(content));
    files.compute(
        file,
        (id, known) -> {
          Map<Integer, Part> parts = known == null ? new TreeMap<>() : new TreeMap<>(known);
          parts.put(part, summary);
          return parts;
        });
  }

  Upload get(long file) {
    Map<Integer, Part> parts = files.getOrDefault(file, Map.of());
    MessageDigest all = Digests.sha256();
    long length = 0;
    for (Part part : parts.values()) {
      length += part.length;
      all.update(part.sha256);
    }
    return new Upload(parts.size(), length, HexFormat.of().formatHex(all.digest()));
  }
}
