package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.Danger;
import io.doppelfleet.proxy.list.ListOptions;
import io.doppelfleet.proxy.list.ListUrl;
import io.doppelfleet.proxy.list.Lists;
import io.doppelfleet.proxy.listen.Entrance;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the lists of addresses. No message of it repeats a URL: it may hold a key. */
final class ListsReader {
  private static final List<String> KEYS = List.of("from", "use", "every", "on", "confirm");
  private static final Duration LEAST_EVERY = Duration.ofSeconds(1);
  private static final Duration MOST_EVERY = Duration.ofDays(30);

  private final Settings settings;
  private final Values values;

  ListsReader(Settings settings, Values values) {
    this.settings = settings;
    this.values = values;
  }

  /**
   * The lists, in the operator's order.
   *
   * @param listen the listeners that they may be for
   */
  List<ListOptions> read(List<Entrance> listen) {
    Map<String, Map<String, Setting>> byName = new LinkedHashMap<>();
    settings
        .entriesOf(Option.LISTS)
        .forEach(
            (path, setting) -> {
              int dot = path.indexOf('.');
              String name = dot < 0 ? path : path.substring(0, dot);
              String key = dot < 0 ? "" : path.substring(dot + 1);
              if (!name.matches("[A-Za-z0-9_-]{1,32}")) {
                values.mistake(setting, "a name of 1 to 32 letters, digits, _ and - is right");
              } else if (key.isEmpty()) {
                values.mistake(setting, "keys beneath it are right: {from: FILE or URL}");
              } else if (!KEYS.contains(key)) {
                String nearest = Nearest.to(key, KEYS);
                values.mistake(
                    setting,
                    nearest == null
                        ? "a list has the keys " + String.join(", ", KEYS)
                        : "a list has no such key: did you mean " + nearest + "?");
              } else {
                byName.computeIfAbsent(name, any -> new LinkedHashMap<>()).put(key, setting);
              }
            });
    List<ListOptions> lists = new ArrayList<>();
    byName.forEach(
        (name, keys) -> {
          ListOptions list = list(name, keys, listen);
          if (list != null) {
            lists.add(list);
          }
          if (lists.size() == Lists.MOST + 1) {
            values.mistake(
                keys.values().iterator().next(),
                Lists.MOST + " lists are the most: put some together");
          }
        });
    return lists;
  }

  private @Nullable ListOptions list(
      String name, Map<String, Setting> keys, List<Entrance> listen) {
    Setting from = keys.get("from");
    if (from == null) {
      values.mistake(
          keys.values().iterator().next(),
          "the list needs " + Option.LISTS.path + "." + name + ".from too, a file or a URL");
      return null;
    }
    ListOptions.Place place = place(from);
    Setting every = keys.get("every");
    if (every != null && place instanceof ListOptions.Place.Disk) {
      values.mistake(every, "a file is taken seconds after it changes: this is for URLs");
    }
    PrefixList.Use use = one(keys.get("use"), PrefixList.Use.REFUSE, ListsReader::use);
    Duration time =
        one(every, ListOptions.EVERY, text -> Values.time(text, LEAST_EVERY, MOST_EVERY));
    Set<Integer> on = on(keys.get("on"), listen);
    Set<Danger> confirmed = confirmed(keys.get("confirm"), use);
    return place == null ? null : new ListOptions(name, use, place, time, on, confirmed);
  }

  private <T> T one(@Nullable Setting setting, T byDefault, Function<String, T> parser) {
    if (setting == null) {
      return byDefault;
    }
    if (setting.texts().size() != 1) {
      values.mistake(setting, "one value is right here, not a list");
      return byDefault;
    }
    T value = values.parsed(setting, setting.texts().getFirst(), parser);
    return value == null ? byDefault : value;
  }

  private static PrefixList.Use use(String text) {
    return switch (text) {
      case "deny" -> PrefixList.Use.REFUSE;
      case "allow" -> PrefixList.Use.ALLOW;
      default -> throw new IllegalArgumentException("deny or allow is right");
    };
  }

  private ListOptions.@Nullable Place place(Setting from) {
    String text = String.join(",", from.texts()); // a URL may have commas
    if (!text.contains("://")) {
      return disk(from, text);
    }
    try {
      return new ListOptions.Place.Web(ListUrl.parse(text));
    } catch (IllegalArgumentException e) {
      values.mistake(from, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private ListOptions.@Nullable Place disk(Setting from, String text) {
    if (text.isBlank()) {
      values.mistake(from, "it is empty: a file or a URL is right");
      return null;
    }
    // Whether it is there is asked at the start alone: what was kept of it may do.
    Path path = values.parsed(from, text, each -> Path.of(each).toAbsolutePath().normalize());
    return path == null ? null : new ListOptions.Place.Disk(path);
  }

  private Set<Integer> on(@Nullable Setting setting, List<Entrance> listen) {
    Set<Integer> places = new HashSet<>();
    if (setting == null) {
      return places;
    }
    if (setting.texts().isEmpty()) {
      values.mistake(setting, "it is empty: addresses of proxy.listen, or leave the key out");
    }
    List<HostPort> addresses = listen.stream().map(Entrance::address).toList();
    for (String text : setting.texts()) {
      HostPort address = values.parsed(setting, text, HostPort::parse);
      if (address != null && !addresses.contains(address)) {
        values.mistake(
            setting,
            "nobody listens there: proxy.listen has to have the address, written the same");
      } else if (address != null) {
        places.add(addresses.indexOf(address));
      }
    }
    return places;
  }

  private Set<Danger> confirmed(@Nullable Setting setting, PrefixList.Use use) {
    Set<Danger> confirmed = new HashSet<>();
    if (setting == null) {
      return confirmed;
    }
    for (String text : setting.texts()) {
      Danger danger = values.parsed(setting, text, Danger::ofOneList);
      if (danger != null && !danger.isOf(use)) {
        values.mistake(setting, danger.word() + " is for lists that deny: leave it out");
      } else if (danger != null) {
        confirmed.add(danger);
      }
    }
    return confirmed;
  }
}
