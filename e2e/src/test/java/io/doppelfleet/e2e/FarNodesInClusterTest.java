package io.doppelfleet.e2e;

/** What nodes elsewhere do, where the cluster's bus carries the links. */
final class FarNodesInClusterTest extends FarNodesTest {
  @Override
  boolean isCluster() {
    return true;
  }
}
