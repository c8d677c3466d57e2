package io.doppelfleet.e2e;

/** Nodes that their control ends, where the cluster's bus carries the links. */
final class DrainInClusterTest extends DrainTest {
  @Override
  boolean isCluster() {
    return true;
  }
}
