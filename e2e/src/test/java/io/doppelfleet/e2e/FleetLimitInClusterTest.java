package io.doppelfleet.e2e;

/** Limits over all nodes, where the cluster's bus carries the links. */
final class FleetLimitInClusterTest extends FleetLimitTest {
  @Override
  boolean isCluster() {
    return true;
  }
}
