package io.doppelfleet.bench.measure;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What every proxy is told: where the stand-ins listen, as {@code HOST:PORT}.
 *
 * @param cover the web site
 * @param datacenters Telegram's, by their numbers
 */
public record Surroundings(String cover, Map<Integer, String> datacenters) {
  /** Copies the map. */
  public Surroundings {
    datacenters = Map.copyOf(datacenters);
  }

  /** With the one that all clients ask for. */
  public Surroundings(String cover, String datacenter) {
    this(cover, Map.of(Node.DATACENTER, datacenter));
  }

  /** Of the data centre that all clients ask for. */
  public String datacenter() {
    return Objects.requireNonNull(datacenters.get(Node.DATACENTER));
  }

  /** As {@code proxy.datacenters} says it. */
  String listed() {
    return new TreeMap<>(datacenters)
        .entrySet().stream()
            .map(each -> "\"%d\": [\"%s\"]".formatted(each.getKey(), each.getValue()))
            .collect(Collectors.joining(", ", "{", "}"));
  }
}
