package io.doppelfleet.launcher.config;

import io.doppelfleet.proxy.site.Documents;
import io.doppelfleet.proxy.site.Identity;
import io.doppelfleet.proxy.site.SiteOptions;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads what makes the cover a site of the node's own, and looks into its files. */
final class OwnSiteReader {
  private static final List<Option> ITS =
      List.of(Option.COVER_SITE, Option.COVER_CERTIFICATE, Option.COVER_KEY);

  private final Settings settings;
  private final Values values;

  OwnSiteReader(Settings settings, Values values) {
    this.settings = settings;
    this.values = values;
  }

  /** Whether anything was written of it. */
  boolean isWanted() {
    return first() != null;
  }

  private @Nullable Setting first() {
    return ITS.stream().map(settings::of).filter(Objects::nonNull).findFirst().orElse(null);
  }

  /**
   * The site; null where none is wanted, or where it has mistakes.
   *
   * @param state the state directory, which must not be served
   */
  @Nullable OwnSite read(Path state) {
    Path directory = values.path(Option.COVER_SITE);
    Path certificate = values.path(Option.COVER_CERTIFICATE);
    Path key = values.path(Option.COVER_KEY);
    Setting first = first();
    if (first == null) {
      return null;
    }
    for (Option other : List.of(Option.COVER_HOST, Option.COVER_PORT)) {
      Setting elsewhere = settings.of(other);
      if (elsewhere != null) {
        values.mistake(
            elsewhere,
            "with "
                + first.path()
                + " this node serves the site itself, under the secrets' host name: keep one of the"
                + " two");
        return null;
      }
    }
    for (Option needed : List.of(Option.COVER_CERTIFICATE, Option.COVER_KEY)) {
      if (settings.of(needed) == null) {
        values.mistake(
            first,
            "a site of this node's own needs " + needed.path + " too, the path of a PEM file");
      }
    }
    List<Path> secret = key == null ? List.of(state) : List.of(state, key);
    values.found(Option.COVER_SITE, directory, pages -> Documents.check(pages, secret));
    List<X509Certificate> chain =
        values.found(Option.COVER_CERTIFICATE, certificate, Identity::readChain);
    byte[] pem = values.found(Option.COVER_KEY, key, Identity::readKey);
    if (certificate == null || key == null || chain == null || pem == null) {
      return null;
    }
    Identity identity = values.found(Option.COVER_KEY, key, own -> Identity.read(certificate, own));
    return identity == null
        ? null
        : new OwnSite(SiteOptions.of(directory, certificate, key), identity);
  }
}
