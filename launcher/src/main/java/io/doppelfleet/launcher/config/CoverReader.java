package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.front.ProxyVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads which site elsewhere strangers see, and what that is told. */
final class CoverReader {
  /** What cover sites listen on. */
  private static final int HTTPS = 443;

  private final Settings settings;
  private final Values values;
  private final OwnSiteReader ownSite;

  CoverReader(Settings settings, Values values, OwnSiteReader ownSite) {
    this.settings = settings;
    this.values = values;
    this.ownSite = ownSite;
  }

  /** The site; null where the operator left it to us, or this node serves it. */
  @Nullable HostPort site() {
    String host = values.orNull(Option.COVER_HOST, text -> new HostPort(text, 0).host());
    Integer port = values.orNull(Option.COVER_PORT, text -> Values.number(text, 1, 65_535));
    Setting portSetting = settings.of(Option.COVER_PORT);
    if (portSetting != null && settings.of(Option.COVER_HOST) == null && !ownSite.isWanted()) {
      values.mistake(portSetting, "a port alone says no site: add proxy.cover.host");
    }
    return host == null ? null : new HostPort(host, port == null ? HTTPS : port);
  }

  /** What the site is told of who comes; null: nothing. */
  @Nullable ProxyVersion header() {
    Optional<ProxyVersion> header =
        values.of(Option.COVER_PROXY_PROTOCOL, Optional.empty(), CoverReader::version);
    Setting setting = settings.of(Option.COVER_PROXY_PROTOCOL);
    if (setting != null && header.isPresent() && settings.of(Option.COVER_HOST) == null) {
      values.mistake(
          setting,
          ownSite.isWanted()
              ? "this node's own site needs no header: take the key out"
              : "not every site can read it: add proxy.cover.host, with one that is told to");
    }
    return header.orElse(null);
  }

  private static Optional<ProxyVersion> version(String text) {
    return switch (text) {
      case "off" -> Optional.empty();
      case "v1" -> Optional.of(ProxyVersion.V1);
      case "v2" -> Optional.of(ProxyVersion.V2);
      default -> throw new IllegalArgumentException("off, v1 or v2 is right");
    };
  }
}
