package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.NamedSecret;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What differs between what a process was started with and what is written now. */
public final class Changes {
  private static final String SECRETS = "secrets";

  /** By the parts of a configuration the keys that the operator writes. */
  private static final Map<String, String> KEYS =
      Map.ofEntries(
          Map.entry("role", "role"),
          Map.entry("state", "state"),
          Map.entry("listen", "proxy.listen and proxy.proxy-protocol"),
          Map.entry("lists", "proxy.lists"),
          Map.entry("publicHost", "proxy.public.host"),
          Map.entry("publicPort", "proxy.public.port"),
          Map.entry("cover", "proxy.cover"),
          Map.entry("coverHeader", "proxy.cover.proxy-protocol"),
          Map.entry("site", "proxy.cover.site"),
          Map.entry("datacenters", "proxy.datacenters"),
          Map.entry("outbound", "proxy.upstreams and proxy.outgoing"),
          Map.entry("loops", "proxy.loops"),
          Map.entry("shaping", "proxy.shaping"),
          Map.entry("probeEvery", "proxy.probe-every"),
          Map.entry("limits", "proxy.limits"),
          Map.entry("rule", "proxy.rules"),
          Map.entry("storeUrl", "control.store.url"),
          Map.entry("keepHours", "control.traffic.keep-hours"),
          Map.entry("keepDays", "control.traffic.keep-days"),
          Map.entry("nodes", "control.nodes"),
          Map.entry("web", "control.listen and what belongs to it"),
          Map.entry("cluster", "cluster"),
          Map.entry("nameServers", "dns.servers"),
          Map.entry("watching", "metrics, health and log"));

  private Changes() {}

  /** The keys, but for secrets, whose values are others; they wait for the next start. */
  public static List<String> forTheNextStart(Configuration started, Configuration written) {
    List<String> keys = new ArrayList<>();
    for (RecordComponent part : Configuration.class.getRecordComponents()) {
      if (!part.getName().equals(SECRETS)
          && !Objects.equals(value(part, started), value(part, written))) {
        keys.add(key(part.getName()));
      }
    }
    return keys;
  }

  /** How the operator writes a part of a configuration. */
  static String key(String part) {
    return Objects.requireNonNull(KEYS.get(part), part);
  }

  private static @Nullable Object value(RecordComponent part, Configuration configuration) {
    try {
      // What is in the files of its own site a node takes by itself.
      return part.getAccessor().invoke(configuration) instanceof OwnSite site
          ? site.options()
          : part.getAccessor().invoke(configuration);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e); // records have public accessors
    }
  }

  /**
   * Whether a node by itself can take these secrets as it runs. Without any it has one of its own;
   * and without a cover their host name is the cover.
   */
  public static boolean canBeTaken(Configuration started, List<NamedSecret> secrets) {
    if (started.secrets().isEmpty() || secrets.isEmpty()) {
      return false;
    }
    String host = started.secrets().getFirst().secret().host();
    return started.cover() != null
        || started.site() != null
        || secrets.stream().allMatch(named -> named.secret().host().equals(host));
  }
}
