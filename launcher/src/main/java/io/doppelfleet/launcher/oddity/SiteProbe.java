package io.doppelfleet.launcher.oddity;

import io.doppelfleet.proxy.site.Identity;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at the site that this node serves as its visitors will. */
public final class SiteProbe {
  private SiteProbe() {}

  /**
   * Blocks for the name service.
   *
   * @param certificate the file that the identity was read from
   * @param hosts the secrets' host names
   * @param publicHost what links say; null for an address of this machine
   */
  public static List<String> oddities(
      Path certificate,
      Identity identity,
      List<String> hosts,
      @Nullable String publicHost,
      Instant now) {
    List<String> oddities = new ArrayList<>(identity.oddities(certificate, hosts, now));
    for (String host : hosts) {
      SiteName.leadsElsewhere(host, publicHost).ifPresent(oddities::add);
    }
    return oddities;
  }
}
