package io.doppelfleet.proxy;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.ProfileFile;
import io.doppelfleet.proxy.greeting.ReplayWindow;
import io.doppelfleet.proxy.leg.SocketMark;
import io.doppelfleet.proxy.list.Lists;
import io.doppelfleet.proxy.site.Site;
import io.doppelfleet.proxy.site.SiteOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * What a node has open besides its listeners.
 *
 * @param replays the hellos of before
 * @param file where the profile is kept
 * @param profile what that had
 * @param lists whom the operator's lists have
 * @param site the cover, where the node serves it itself
 */
record Held(
    ReplayWindow replays, ProfileFile file, Profile profile, Lists lists, Optional<Site> site) {
  /**
   * Blocks.
   *
   * @param cover the cover's name
   * @param descriptors open files that the process is allowed
   */
  static Held open(ProxyOptions options, HostPort cover, Clock clock, long descriptors)
      throws IOException {
    if (options.outbound().mark() != 0) {
      SocketMark.check(options.outbound().mark());
    }
    Path state = options.stateDirectory();
    ProfileFile file = new ProfileFile(state);
    ProxyOptions.Limits limits = options.limits();
    ReplayWindow replays =
        ReplayWindow.open(state.resolve("replays"), limits.replays(), limits.clockTolerance());
    SiteOptions own = options.site();
    Lists lists = null;
    try {
      lists = Lists.open(options.lists(), state, clock);
      return new Held(
          replays,
          file,
          file.read(cover),
          lists,
          own == null ? Optional.empty() : Optional.of(Site.open(own, state, clock, descriptors)));
    } catch (IOException | RuntimeException e) {
      if (lists != null) {
        lists.close();
      }
      replays.close();
      throw e;
    }
  }

  /** Blocks. */
  void close() throws IOException {
    lists.close();
    site.ifPresent(Site::close);
    replays.close();
  }
}
