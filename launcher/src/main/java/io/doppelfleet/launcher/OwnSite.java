package io.doppelfleet.launcher;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.oddity.SiteName;
import io.doppelfleet.proxy.site.Identity;
import io.doppelfleet.proxy.site.SiteOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator's own files say of the site that this node serves.
 *
 * @param certificate its file
 * @param identity what is in it, and the key
 */
record OwnSite(Path certificate, Identity identity) {
  /**
   * That of the configuration, null where the cover is elsewhere.
   *
   * @throws StartException with a sentence that names the file
   */
  static @Nullable OwnSite of(Configuration configuration) throws StartException {
    SiteOptions site = configuration.site();
    if (site == null) {
      return null;
    }
    try {
      return new OwnSite(site.certificate(), Identity.read(site.certificate(), site.key()));
    } catch (IOException e) {
      throw new StartException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The name for a secret that is made.
   *
   * @throws StartException where the certificate names none
   */
  String host() throws StartException {
    return identity
        .host()
        .orElseThrow(
            () ->
                new StartException(
                    certificate
                        + " names no single host, and there are no secrets: add secrets with the"
                        + " site's host name"));
  }

  /** Blocks for the name service. */
  List<String> oddities(List<NamedSecret> secrets, @Nullable String publicHost, Clock clock) {
    List<String> hosts = secrets.stream().map(named -> named.secret().host()).distinct().toList();
    List<String> oddities = new ArrayList<>(identity.oddities(certificate, hosts, clock.instant()));
    for (String host : hosts) {
      SiteName.leadsElsewhere(host, publicHost).ifPresent(oddities::add);
    }
    return oddities;
  }
}
