package io.doppelfleet.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.cluster.ClusterOptions;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two members on addresses of the loopback. */
@Timeout(60)
final class HazelcastMembershipTest {
  private int port;
  private HazelcastInstance own;

  @BeforeEach
  void start() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    own = Hazelcast.newHazelcastInstance(config("127.0.2.1", "ab"));
  }

  @AfterEach
  void end() {
    Hazelcast.shutdownAll();
  }

  private Config config(String address, String fleet) {
    return HazelcastMembership.config(
        new ClusterOptions(
            new HostPort(address, port), port, List.of(new HostPort("127.0.2.1", port))),
        fleet);
  }

  @Test
  void membersOfOneFleetFindEachOtherAndNoneOfAnother() {
    Hazelcast.newHazelcastInstance(config("127.0.2.2", "ab"));
    assertThat(own.getCluster().getMembers()).hasSize(2);
    Config another = config("127.0.2.3", "cd").setProperty("hazelcast.max.join.seconds", "2");
    HazelcastInstance alone = Hazelcast.newHazelcastInstance(another);
    assertThat(alone.getCluster().getMembers()).hasSize(1);
    assertThat(own.getCluster().getMembers()).hasSize(2);
  }

  @Test
  void whatAMemberSaysMakesNoObjectOfAnyOtherClass() {
    Config careless = config("127.0.2.2", "ab");
    careless.getSerializationConfig().setJavaSerializationFilterConfig(null);
    HazelcastInstance stranger = Hazelcast.newHazelcastInstance(careless);
    assertThat(own.getCluster().getMembers()).hasSize(2);
    stranger.getMap("any").put("key", new File("any"));
    assertThat(stranger.getMap("any").get("key")).isEqualTo(new File("any"));
    assertThatThrownBy(() -> own.getMap("any").get("key"))
        .isInstanceOf(HazelcastSerializationException.class)
        .hasStackTraceContaining("java.io.File");
  }
}
