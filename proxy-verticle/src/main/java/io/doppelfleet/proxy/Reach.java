package io.doppelfleet.proxy;

import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.proxy.address.AddressRules;
import io.doppelfleet.proxy.relay.Standing;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How far a ban would reach. */
final class Reach {
  private Reach() {}

  /** Pairs of clients now that one of these addresses would cut, by the names of their secrets. */
  static Future<Map<String, Integer>> of(Prefix prefix, List<ProxyVerticle> verticles) {
    AddressRules ban = new AddressRules(prefix);
    Standing.Judge judge =
        (secret, high, low) -> ban.refuse(high, low) ? Standing.BANNED : Standing.SERVED;
    List<Future<Map<String, Integer>>> counts =
        verticles.stream()
            .map(verticle -> Future.fromCompletionStage(verticle.count(judge)))
            .toList();
    return Future.all(counts)
        .map(
            counted -> {
              Map<String, Integer> sums = new HashMap<>();
              counts.forEach(
                  each ->
                      each.result()
                          .forEach((secret, count) -> sums.merge(secret, count, Integer::sum)));
              return sums;
            });
  }
}
