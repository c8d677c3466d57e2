package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.ProxyOptions.Limits;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.proxy.probe.SelfProbe;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes one checked configuration of what was written, and collects every mistake on its way. */
final class ConfigurationReader {
  /**
   * A week by the hour and a year and a month by the day: what people look at and are billed by.
   */
  private static final Duration KEEP_HOURS = Duration.ofDays(7);

  private static final Duration KEEP_DAYS = Duration.ofDays(400);

  /** Limits by month count what passed since its first day. */
  private static final Duration LEAST_DAYS = Duration.ofDays(35);

  private static final String PER_SECOND = "/s";
  private static final long LEAST_RATE = 64 << 10;
  private static final long MOST_RATE = 100L << 30;

  private final Settings settings;
  private final List<Mistake> mistakes;
  private final Values values;
  private final OwnSiteReader ownSite;

  /** Adds to these mistakes. */
  ConfigurationReader(Settings settings, List<Mistake> mistakes) {
    this.settings = settings;
    this.mistakes = mistakes;
    this.values = new Values(settings, mistakes);
    this.ownSite = new OwnSiteReader(settings, values);
  }

  /** The configuration; of no use where there are mistakes afterwards. */
  Configuration read(Path defaultState) {
    Role role = values.of(Option.ROLE, Role.ALL, ConfigurationReader::role);
    checkRole(role);
    Path state = values.of(Option.STATE, defaultState, Path::of).toAbsolutePath().normalize();
    OwnSite site = ownSite.read(state);
    CoverReader covers = new CoverReader(settings, values, ownSite);
    HostPort cover = covers.site();
    List<Entrance> listen = new ListenReader(settings, values).read();
    return new Configuration(
        role,
        state,
        listen,
        new ListsReader(settings, values).read(listen),
        values.orNull(Option.PUBLIC_HOST, text -> new HostPort(text, 0).host()),
        values.orNull(Option.PUBLIC_PORT, text -> Values.number(text, 1, 65_535)),
        cover,
        covers.header(),
        site,
        datacenters(),
        new OutboundReader(settings, values).read(),
        values.of(
            Option.LOOPS,
            Runtime.getRuntime().availableProcessors(),
            text -> Values.number(text, 1, 256)),
        values.of(Option.SHAPING, Shaping.FULL, ConfigurationReader::shaping),
        values.of(Option.PROBE_EVERY, SelfProbe.EVERY, ConfigurationReader::probeEvery),
        limits(),
        new RulesReader(settings, values).read(),
        secrets(role, cover, site),
        storeUrl(role),
        kept(Option.KEEP_HOURS, KEEP_HOURS, Duration.ofDays(1)),
        kept(Option.KEEP_DAYS, KEEP_DAYS, LEAST_DAYS),
        nodes(),
        new WebReader(settings, values).read(),
        new ClusterReader(settings, values).read(role, state),
        new NameServersReader(settings, values).read(),
        new WatchingReader(settings, values).read());
  }

  private static Role role(String text) {
    return switch (text) {
      case "all" -> Role.ALL;
      case "proxy" -> Role.PROXY;
      case "control" -> Role.CONTROL;
      default -> throw new IllegalArgumentException("all, proxy or control is right");
    };
  }

  /** What a role can't be without, and what it has no use for. */
  private void checkRole(Role role) {
    Setting said = settings.of(Option.ROLE);
    Setting store = settings.of(Option.STORE_URL);
    if (said == null) {
      return;
    }
    if (role == Role.CONTROL && store == null) {
      values.mistake(said, "a control needs a store: set control.store.url");
    }
    if (role == Role.PROXY && store != null) {
      values.mistake(
          store, "role proxy has its control elsewhere: take control out, or the role all");
    }
    if (role == Role.PROXY && settings.of(Option.COVER_HOST) == null && !ownSite.isWanted()) {
      values.mistake(
          said,
          "the secrets come from the control, so the site that strangers see has to be said: set"
              + " proxy.cover.host");
    }
  }

  private @Nullable NodesElsewhere nodes() {
    HostPort listen = values.orNull(Option.NODES_LISTEN, ConfigurationReader::withPort);
    String host = values.orNull(Option.NODES_PUBLIC_HOST, text -> new HostPort(text, 0).host());
    Integer port = values.orNull(Option.NODES_PUBLIC_PORT, text -> Values.number(text, 1, 65_535));
    Setting setting = settings.of(Option.NODES_LISTEN);
    if (setting != null && settings.of(Option.STORE_URL) == null) {
      values.mistake(
          setting, "nodes come to a control, which needs a store: set control.store.url");
    }
    for (Option option : List.of(Option.NODES_PUBLIC_HOST, Option.NODES_PUBLIC_PORT)) {
      Setting ofPublic = settings.of(option);
      if (ofPublic != null && setting == null) {
        values.mistake(ofPublic, "nobody comes in there: add control.nodes.listen");
      }
    }
    return listen == null ? null : new NodesElsewhere(listen, host, port);
  }

  private static HostPort withPort(String text) {
    HostPort address = HostPort.parse(text);
    if (address.port() == 0) {
      throw new IllegalArgumentException("a port in 1..65535 is right");
    }
    return address;
  }

  private static Duration probeEvery(String text) {
    return text.equals("off")
        ? Duration.ZERO
        : Values.time(text, Duration.ofSeconds(10), Duration.ofDays(1));
  }

  private static Shaping shaping(String text) {
    return switch (text) {
      case "off" -> Shaping.OFF;
      case "light" -> Shaping.LIGHT;
      case "full" -> Shaping.FULL;
      default -> throw new IllegalArgumentException("off, light or full is right");
    };
  }

  private Map<Integer, List<InetSocketAddress>> datacenters() {
    Map<Integer, List<InetSocketAddress>> datacenters = new HashMap<>();
    settings
        .entriesOf(Option.DATACENTERS)
        .forEach(
            (name, setting) -> {
              if (!name.matches("-?[1-9][0-9]{0,4}") || Math.abs(Integer.parseInt(name)) > 32_767) {
                values.mistake(
                    setting,
                    "a data centre is a number in 1..32767, or its negative for the media cluster");
                return;
              }
              List<InetSocketAddress> addresses = new ArrayList<>();
              for (String text : setting.texts()) {
                InetSocketAddress address =
                    values.parsed(setting, text, ConfigurationReader::address);
                if (address != null) {
                  addresses.add(address);
                }
              }
              if (setting.texts().isEmpty()) {
                values.mistake(setting, "it is empty: one ADDRESS:PORT at least is right");
              }
              datacenters.put(Integer.parseInt(name), addresses);
            });
    return datacenters;
  }

  /** A literal address: a name server's answer must not decide where Telegram is. */
  private static InetSocketAddress address(String text) {
    HostPort hostPort = HostPort.parse(text);
    if (hostPort.port() == 0) {
      throw new IllegalArgumentException("a port in 1..65535 is right");
    }
    try {
      return new InetSocketAddress(InetAddress.ofLiteral(hostPort.host()), hostPort.port());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("an IPv4 or IPv6 address is right, not a name", e);
    }
  }

  private Limits limits() {
    Limits defaults = Limits.defaults();
    int connections =
        values.of(
            Option.CONNECTIONS, defaults.connections(), text -> Values.number(text, 1, 500_000));
    Limits limits =
        new Limits(
            connections,
            values.of(
                Option.CONNECTIONS_PER_NETWORK,
                Limits.perNetwork(connections),
                text -> Values.number(text, Limits.leastPerNetwork(connections), 500_000)),
            time(Option.IDLE, defaults.idle(), Duration.ofSeconds(1), Duration.ofHours(24)),
            time(
                Option.CLOCK_TOLERANCE,
                defaults.clockTolerance(),
                Duration.ofSeconds(1),
                Duration.ofHours(1)),
            time(
                Option.DIAL_TIMEOUT,
                defaults.dialTimeout(),
                Duration.ofMillis(100),
                Duration.ofMinutes(2)),
            time(Option.DRAIN, defaults.drain(), Duration.ZERO, Duration.ofHours(1)),
            size(
                Option.WAITING_PER_CONNECTION, defaults.waitingPerConnection(), 16 << 10, 64 << 20),
            size(Option.WAITING_IN_ALL, defaults.waitingInAll(), 1 << 20, Integer.MAX_VALUE),
            values.of(
                Option.REPLAYS, defaults.replays(), text -> Values.number(text, 1_000, 10_000_000)),
            values.of(Option.RATE, defaults.rate(), ConfigurationReader::rate),
            time(Option.SILENCE, defaults.silence(), Duration.ofSeconds(1), Duration.ofHours(1)));
    Setting inAll = settings.of(Option.WAITING_IN_ALL);
    if (inAll != null && limits.waitingInAll() < limits.waitingPerConnection()) {
      values.mistake(
          inAll,
          "it is less than "
              + Option.WAITING_PER_CONNECTION.path
              + " ("
              + Quantity.written(limits.waitingPerConnection())
              + ")");
    }
    long least = Limits.leastWaitingInAll(limits.connections());
    Setting unfit = inAll == null ? settings.of(Option.CONNECTIONS) : inAll;
    if (unfit != null && limits.waitingInAll() < least) {
      values.mistake(
          unfit,
          limits.connections()
              + " connections need "
              + Option.WAITING_IN_ALL.path
              + " of "
              + Quantity.written((int) ((((least - 1) >> 20) + 1) << 20))
              + " or more");
    }
    return limits;
  }

  private static long rate(String text) {
    if (text.equals("off")) {
      return 0;
    }
    if (!text.endsWith(PER_SECOND)) {
      throw new IllegalArgumentException(
          "off or a size with its unit a second is right, like 100MiB/s");
    }
    long rate = Quantity.size(text.substring(0, text.length() - PER_SECOND.length()));
    if (rate < LEAST_RATE || rate > MOST_RATE) {
      throw new IllegalArgumentException("64KiB/s to 100GiB/s is right");
    }
    return rate;
  }

  private Duration time(Option option, Duration byDefault, Duration least, Duration most) {
    return values.of(option, byDefault, text -> Values.time(text, least, most));
  }

  private int size(Option option, int byDefault, int least, int most) {
    return values.of(
        option,
        byDefault,
        text -> {
          int size = Quantity.bytes(text);
          if (size < least || size > most) {
            throw new IllegalArgumentException(
                Quantity.written(least) + " to " + (most >> 20) + "MiB is right");
          }
          return size;
        });
  }

  private @Nullable String storeUrl(Role role) {
    Setting setting = settings.of(Option.STORE_URL);
    if (setting == null) {
      return null;
    }
    if (role == Role.ALL && settings.of(Option.COVER_HOST) == null && !ownSite.isWanted()) {
      values.mistake(
          setting,
          "with a store the site that strangers see has to be said, for secrets come and go: set"
              + " proxy.cover.host");
    }
    String url = String.join(",", setting.texts()); // PostgreSQL's may name several hosts
    if (!url.startsWith("jdbc:h2:file:") && !url.startsWith("jdbc:postgresql:")) {
      // Not repeated: it may have a password.
      values.mistake(setting, "jdbc:h2:file:PATH or jdbc:postgresql://HOST/DATABASE is right");
      return null;
    }
    return url;
  }

  private Duration kept(Option option, Duration byDefault, Duration least) {
    Setting setting = settings.of(option);
    if (setting != null && settings.of(Option.STORE_URL) == null) {
      values.mistake(setting, "what passed is kept in a store: add control.store.url");
    }
    return time(option, byDefault, least, Duration.ofDays(3650));
  }

  private List<NamedSecret> secrets(Role role, @Nullable HostPort cover, @Nullable OwnSite site) {
    Setting coverSetting = settings.of(Option.COVER_HOST);
    Map<String, Setting> entries = settings.entriesOf(Option.SECRETS);
    List<NamedSecret> secrets = new SecretsReader(settings, values).read();
    boolean stored = settings.of(Option.STORE_URL) != null || role == Role.PROXY;
    if (stored) {
      entries.values().stream()
          .findFirst()
          .ifPresent(
              setting ->
                  values.mistake(
                      setting,
                      role == Role.PROXY
                          ? "with role proxy the secrets come from the control: take the section"
                              + " out, and bring them in there from a file that has it:"
                              + " ./doppelfleet secret import FILE"
                          : "with control the secrets are in its store: take the section out, start"
                              + " the node, and bring them in from a file that has it:"
                              + " ./doppelfleet secret import FILE"));
    }
    for (NamedSecret secret : secrets) {
      String host = secrets.getFirst().secret().host();
      Setting setting = entries.get(secret.name());
      if (setting != null
          && coverSetting == null
          && !ownSite.isWanted()
          && !secret.secret().host().equals(host)) {
        values.mistake(
            setting,
            "its host is "
                + secret.secret().host()
                + ", the first secret's is "
                + host
                + ": use one host name, or set proxy.cover.host to the site for both");
      }
    }
    if (entries.isEmpty() && !stored && cover != null && coverSetting != null) {
      checkSecretCanBeMade(coverSetting, cover.host());
    }
    Setting certificate = settings.of(Option.COVER_CERTIFICATE);
    if (entries.isEmpty() && site != null && certificate != null) {
      site.identity()
          .host()
          .ifPresentOrElse(
              host -> checkSecretCanBeMade(certificate, host),
              () ->
                  values.mistake(
                      certificate,
                      site.options().certificate()
                          + " names no single host, and there are no secrets: "
                          + (stored
                              ? "use a certificate of one name, which new ones get"
                              : "add secrets with the site's host name")));
    }
    return secrets;
  }

  /** Without secrets the node makes one, and its host name is the cover's. */
  private void checkSecretCanBeMade(Setting coverSetting, String host) {
    try {
      InetAddress.ofLiteral(host);
      values.mistake(
          coverSetting,
          "a secret can't be made for an address: write the site's name, or add secrets");
    } catch (IllegalArgumentException name) {
      values.parsed(coverSetting, host, text -> Secret.of(new byte[Secret.KEY_LENGTH], text));
    }
  }

  /** Whether anything was wrong up to now. */
  void failOnMistakes() throws ConfigurationException {
    if (!mistakes.isEmpty()) {
      throw new ConfigurationException(mistakes);
    }
  }
}
