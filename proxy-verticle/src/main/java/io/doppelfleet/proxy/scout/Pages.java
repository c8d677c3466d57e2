package io.doppelfleet.proxy.scout;

import io.doppelfleet.proxy.doppel.Traffic;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What loading pages showed.
 *
 * @param protocol that was negotiated, {@code h2} or {@code http/1.1}
 * @param opening payload lengths of the records that come on a connection once, before its first
 *     answer or with it
 * @param firsts responses that came first on a connection, all that comes once included; one at
 *     least
 * @param responses the others, or the same where no connection took a second request
 * @param certificate of the site
 * @param objection why a visitor wouldn't take the certificate; null where he would
 */
public record Pages(
    String protocol,
    List<Integer> opening,
    List<Traffic.Response> firsts,
    List<Traffic.Response> responses,
    @Nullable X509Certificate certificate,
    @Nullable String objection) {
  /** Records at the beginning of a response that may be on the way to the steady state. */
  private static final int RAMP = 4;

  /** Copies the lists. */
  public Pages {
    opening = List.copyOf(opening);
    firsts = List.copyOf(firsts);
    responses = List.copyOf(responses);
  }

  /**
   * The commonest payload length in the midst of long responses, at most {@link
   * Traffic#LONGEST_STEADY}; 0 where no response was long enough.
   */
  public int steady() {
    Map<Integer, Integer> counts = new HashMap<>();
    for (Traffic.Response response : Stream.concat(firsts.stream(), responses.stream()).toList()) {
      List<Integer> sizes = response.sizes();
      for (int i = RAMP; i < sizes.size() - 1; i++) {
        counts.merge(Math.min(sizes.get(i), Traffic.LONGEST_STEADY), 1, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .max(
            Map.Entry.<Integer, Integer>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .orElse(0);
  }
}
