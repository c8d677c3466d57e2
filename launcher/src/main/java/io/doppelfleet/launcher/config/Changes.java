package io.doppelfleet.launcher.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What differs between what a process runs and what is written now. */
public final class Changes {
  /**
   * What a node that runs can't take: all but the secrets. By the keys that the operator writes.
   */
  private static final List<Key> WAITING =
      List.of(
          new Key("role", Configuration::role),
          new Key("state", Configuration::state),
          new Key("proxy.listen and proxy.proxy-protocol", Configuration::listen),
          new Key("proxy.lists", Configuration::lists),
          new Key("proxy.public.host", Configuration::publicHost),
          new Key("proxy.public.port", Configuration::publicPort),
          new Key("proxy.cover", Configuration::cover),
          new Key("proxy.cover.proxy-protocol", Configuration::coverHeader),
          new Key("proxy.cover.site", Changes::site), // what is in its files it takes by itself
          new Key("proxy.datacenters", Configuration::datacenters),
          new Key("proxy.upstreams and proxy.outgoing", Configuration::outbound),
          new Key("proxy.loops", Configuration::loops),
          new Key("proxy.shaping", Configuration::shaping),
          new Key("proxy.limits", Configuration::limits),
          new Key("control.store.url", Configuration::storeUrl),
          new Key("control.traffic.keep-hours", Configuration::keepHours),
          new Key("control.traffic.keep-days", Configuration::keepDays),
          new Key("control.nodes", Configuration::nodes),
          new Key("control.listen and what belongs to it", Configuration::web),
          new Key("cluster", Configuration::cluster),
          new Key("metrics, health and log", Configuration::watching));

  private record Key(String path, Function<Configuration, @Nullable Object> value) {}

  private Changes() {}

  private static @Nullable Object site(Configuration configuration) {
    OwnSite site = configuration.site();
    return site == null ? null : site.options();
  }

  /** All keys that wait. */
  static List<String> waiting() {
    return WAITING.stream().map(Key::path).toList();
  }

  /** The keys whose values are taken at the next start alone; none where none has changed. */
  public static List<String> forTheNextStart(Configuration running, Configuration written) {
    List<String> keys = new ArrayList<>();
    for (Key key : WAITING) {
      if (!Objects.equals(key.value().apply(running), key.value().apply(written))) {
        keys.add(key.path());
      }
    }
    if (!running.secrets().equals(written.secrets()) && isTheCover(running, written)) {
      keys.add("secrets");
    }
    return keys;
  }

  /** Whether the node can take the secrets, and they are others. */
  public static boolean secretsToTake(Configuration running, Configuration written) {
    return !running.secrets().equals(written.secrets()) && !isTheCover(running, written);
  }

  /** Without secrets the node has one of its own; without a cover they have its name. */
  private static boolean isTheCover(Configuration running, Configuration written) {
    return running.secrets().isEmpty()
        || written.secrets().isEmpty()
        || (running.cover() == null
            && running.site() == null
            && !running
                .secrets()
                .getFirst()
                .secret()
                .host()
                .equals(written.secrets().getFirst().secret().host()));
  }
}
