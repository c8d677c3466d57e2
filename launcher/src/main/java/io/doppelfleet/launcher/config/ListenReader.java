package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.proxy.listen.Entrance;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads where to listen, and who stands in front of it. */
final class ListenReader {
  private final Settings settings;
  private final Values values;

  ListenReader(Settings settings, Values values) {
    this.settings = settings;
    this.values = values;
  }

  /** The addresses; none where the operator left them to us. */
  List<Entrance> read() {
    List<HostPort> addresses = addresses();
    Map<HostPort, List<Prefix>> routers = new HashMap<>();
    settings
        .entriesOf(Option.LISTEN_PROXY_PROTOCOL)
        .forEach(
            (name, setting) -> {
              HostPort address = values.parsed(setting, name, HostPort::parse);
              if (address != null && !addresses.contains(address)) {
                values.mistake(
                    setting,
                    "nobody listens there: proxy.listen has to have the address, written the same");
              } else if (address != null) {
                routers.put(address, routers(setting));
              }
            });
    List<Entrance> entrances =
        addresses.stream()
            .map(address -> new Entrance(address, routers.getOrDefault(address, List.of())))
            .toList();
    checkPublicPort(entrances);
    return entrances;
  }

  private List<HostPort> addresses() {
    Setting setting = settings.of(Option.LISTEN);
    if (setting == null) {
      return List.of();
    }
    List<HostPort> listen = new ArrayList<>();
    if (setting.texts().isEmpty()) {
      values.mistake(setting, "it is empty: one HOST:PORT at least, or leave the key out");
    }
    for (String text : setting.texts()) {
      HostPort address = values.parsed(setting, text, HostPort::parse);
      if (address == null) {
        continue;
      }
      if (address.port() != 0 && listen.contains(address)) {
        values.mistake(setting, address + " stands there twice");
      } else if (isEverywhere(address)
          && listen.stream().anyMatch(other -> isEverywhere(other) && isOnPortOf(other, address))) {
        values.mistake(
            setting,
            "0.0.0.0 and [::] both take IPv4 and IPv6, so port "
                + address.port()
                + " would be taken twice: keep one of them");
      }
      listen.add(address);
    }
    return listen;
  }

  private static boolean isOnPortOf(HostPort one, HostPort other) {
    return one.port() == other.port() && one.port() != 0;
  }

  private static boolean isEverywhere(HostPort address) {
    try {
      return InetAddress.ofLiteral(address.host()).isAnyLocalAddress();
    } catch (IllegalArgumentException name) {
      return false;
    }
  }

  private List<Prefix> routers(Setting setting) {
    List<Prefix> routers = new ArrayList<>();
    if (setting.texts().isEmpty()) {
      values.mistake(
          setting, "it is empty: the addresses of those in front are right, or leave the key out");
    }
    for (String text : setting.texts()) {
      Prefix prefix = values.parsed(setting, text, ListenReader::prefix);
      if (prefix != null) {
        routers.add(prefix);
      }
    }
    return routers;
  }

  private static Prefix prefix(String text) {
    Prefix prefix;
    try {
      prefix = Prefix.parse(text);
    } catch (InvalidValueException e) {
      throw new IllegalArgumentException("an address or a range like 10.0.0.0/24 is right", e);
    }
    if (prefix.length() == 0) {
      throw new IllegalArgumentException(
          "that is everybody, who could then say to come from anywhere: the addresses of those in"
              + " front are right");
    }
    return prefix;
  }

  /** Where all that listens is behind somebody, no client comes to a port that we know. */
  private void checkPublicPort(List<Entrance> entrances) {
    @Nullable Setting first =
        settings.entriesOf(Option.LISTEN_PROXY_PROTOCOL).values().stream().findFirst().orElse(null);
    if (first != null
        && settings.of(Option.PUBLIC_PORT) == null
        && !entrances.isEmpty()
        && entrances.stream().noneMatch(entrance -> entrance.routers().isEmpty())) {
      values.mistake(
          first,
          "clients come to what stands in front: set proxy.public.port to the port that it listens"
              + " on, and proxy.public.host where that isn't this machine");
    }
  }
}
