package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.HostPort;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads how others are to see how this process fares. */
final class WatchingReader {
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofHours(1);

  private final Settings settings;
  private final Values values;

  WatchingReader(Settings settings, Values values) {
    this.settings = settings;
    this.values = values;
  }

  Watching read() {
    HostPort metrics = values.orNull(Option.METRICS_LISTEN, HostPort::parse);
    HostPort health = values.orNull(Option.HEALTH_LISTEN, HostPort::parse);
    Setting said = settings.of(Option.HEALTH_LISTEN);
    if (said != null && health != null && health.equals(metrics) && health.port() != 0) {
      // Both would listen, and every other question would meet the wrong one.
      values.mistake(said, "is metrics.listen's too: give it a port of its own");
    }
    return new Watching(
        metrics, collector(), health, values.of(Option.LOG_FORMAT, false, WatchingReader::isJson));
  }

  private Watching.@Nullable Collector collector() {
    URI url = url();
    Duration every = values.of(Option.METRICS_OTLP_EVERY, EVERY, WatchingReader::every);
    Setting said = settings.of(Option.METRICS_OTLP_EVERY);
    if (said != null && settings.of(Option.METRICS_OTLP_URL) == null) {
      values.mistake(said, "nothing is sent: add metrics.otlp.url");
    }
    return url == null ? null : new Watching.Collector(url, every);
  }

  private @Nullable URI url() {
    Setting setting = settings.of(Option.METRICS_OTLP_URL);
    String text = values.orNull(Option.METRICS_OTLP_URL, said -> said);
    if (setting == null || text == null) {
      return null;
    }
    try {
      URI url = new URI(text);
      String scheme = url.getScheme();
      if (("http".equals(scheme) || "https".equals(scheme))
          && url.getHost() != null
          && url.getUserInfo() == null
          && url.getQuery() == null
          && url.getFragment() == null) {
        return url;
      }
    } catch (URISyntaxException e) {
      // It is said below what would be right.
    }
    // Not repeated: it may have a password. Micrometer logs it, so a query may have none either.
    values.mistake(
        setting,
        "http://HOST:PORT/v1/metrics is right, or https, without a password and without ?");
    return null;
  }

  private static Duration every(String text) {
    Duration time = Quantity.duration(text);
    if (time.compareTo(LEAST) < 0 || time.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(
          Quantity.written(LEAST) + " to " + Quantity.written(MOST) + " is right");
    }
    return time;
  }

  private static boolean isJson(String text) {
    return switch (text) {
      case "text" -> false;
      case "json" -> true;
      default -> throw new IllegalArgumentException("text or json is right");
    };
  }
}
