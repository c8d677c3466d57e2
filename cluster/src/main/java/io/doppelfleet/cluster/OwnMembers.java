package io.doppelfleet.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;

/** Vert.x's, which stumbles over a member that has no Vert.x when that leaves. */
final class OwnMembers extends HazelcastClusterManager {
  /** By which Vert.x knows its own. */
  private static final String ID = "__vertx.nodeId";

  OwnMembers(Config config) {
    super(config);
  }

  @Override
  public synchronized void memberAdded(MembershipEvent event) {
    if (event.getMember().getAttribute(ID) != null) {
      super.memberAdded(event);
    }
  }

  @Override
  public synchronized void memberRemoved(MembershipEvent event) {
    if (event.getMember().getAttribute(ID) != null) {
      super.memberRemoved(event);
    }
  }
}
