package io.doppelfleet.fleet.cluster;

import io.doppelfleet.fleet.beside.Beside;
import io.vertx.core.spi.cluster.ClusterManager;
import java.io.IOException;

/** How members know of each other. What does it is dear to have, and stands beside. */
public interface Membership {
  /**
   * One that has not joined yet.
   *
   * @param fleet 1..64 letters and digits; members of other fleets are refused
   */
  ClusterManager manager(ClusterOptions options, String fleet);

  /**
   * The one that is there.
   *
   * @throws IOException where it is not, for the build is not whole
   */
  static Membership load() throws IOException {
    return Beside.load(Membership.class, "cluster");
  }
}
