package io.doppelfleet.e2e;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a fleet knows of hellos, where the cluster's bus carries the links. */
final class FleetReplayInClusterTest extends FleetReplayTest {
  private static final List<String> MEMBERS = List.of("control", "paris", "oslo");

  private @Nullable TestCluster cluster;

  @Override
  String member(String name) throws Exception {
    if (cluster == null) {
      cluster = TestCluster.choose();
    }
    return cluster.of(MEMBERS.indexOf(name));
  }
}
