package io.doppelfleet.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ManagementCenterConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.TcpIpConfig;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.cluster.ClusterOptions;
import io.doppelfleet.fleet.cluster.Membership;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import java.util.Map;

/**
 * Hazelcast's community edition, which knows neither TLS nor passwords: so it listens on one
 * address, speaks to whom it was told of, and keeps nothing but what Vert.x keeps there, addresses
 * of the bus and who listens to them.
 */
public final class HazelcastMembership implements Membership {
  /** Seconds; refused connections are known at once. */
  private static final int CONNECT = 2;

  private static final Map<String, String> PROPERTIES =
      Map.ofEntries(
          Map.entry("hazelcast.phone.home.enabled", "false"),
          Map.entry("hazelcast.logging.type", "slf4j"),
          Map.entry("hazelcast.shutdownhook.enabled", "false"),
          Map.entry("hazelcast.health.monitoring.level", "OFF"),
          // Or it listens on all addresses, and only shows one.
          Map.entry("hazelcast.socket.bind.any", "false"),
          // Seconds. Who is stopped, or cut off, is out after ten, not sixty.
          Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
          Map.entry("hazelcast.max.no.heartbeat.seconds", "10"),
          // Those who started, or were, apart come together within ten, not after five minutes.
          Map.entry("hazelcast.merge.first.run.delay.seconds", "5"),
          Map.entry("hazelcast.merge.next.run.delay.seconds", "5"),
          Map.entry("hazelcast.wait.seconds.before.join", "0"),
          // Who leaves doesn't wait for a member that doesn't answer: nothing is handed over.
          Map.entry("hazelcast.graceful.shutdown.max.wait", "3"),
          // A few hundred entries need no more.
          Map.entry("hazelcast.operation.thread.count", "2"),
          Map.entry("hazelcast.operation.generic.thread.count", "2"),
          Map.entry("hazelcast.io.thread.count", "1"),
          Map.entry("hazelcast.event.thread.count", "1"));

  /** As a service is made. */
  public HazelcastMembership() {}

  @Override
  public ClusterManager manager(ClusterOptions options, String fleet) {
    // Or the reader of its configuration writes elsewhere.
    System.setProperty("hazelcast.logging.type", "slf4j");
    return new OwnMembers(config(options, fleet));
  }

  /** Vert.x's own, whose maps must keep what it says of them. */
  static Config config(ClusterOptions options, String fleet) {
    Config config = ConfigUtil.loadConfig();
    config.setClusterName("doppelfleet-" + fleet);
    config.setClassLoader(HazelcastMembership.class.getClassLoader());
    PROPERTIES.forEach(config::setProperty);
    config.setProperty("hazelcast.local.localAddress", options.listen().host());
    if (options.listen().host().indexOf(':') >= 0) {
      config.setProperty("hazelcast.prefer.ipv4.stack", "false"); // or IPv6 is passed over
    }
    NetworkConfig network = config.getNetworkConfig();
    network.setPort(options.listen().port()).setPortAutoIncrement(false);
    join(network.getJoin(), options);
    config.getMetricsConfig().setEnabled(false);
    ManagementCenterConfig management = config.getManagementCenterConfig();
    management.setScriptingEnabled(false).setConsoleEnabled(false).setDataAccessEnabled(false);
    config.getSerializationConfig().setJavaSerializationFilterConfig(filter());
    return config;
  }

  private static void join(JoinConfig join, ClusterOptions options) {
    join.getMulticastConfig().setEnabled(false);
    join.getAutoDetectionConfig().setEnabled(false);
    TcpIpConfig members = join.getTcpIpConfig();
    members.setEnabled(true).setConnectionTimeoutSeconds(CONNECT);
    options.members().stream().map(HostPort::toString).forEach(members::addMember);
  }

  /**
   * What a member says may make objects of these alone. Hazelcast tells its failures as Java's own
   * exceptions, so plain classes of the JDK have to be among them, but none that calls others.
   */
  private static JavaSerializationFilterConfig filter() {
    JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
    filter.setDefaultsDisabled(true);
    filter
        .getWhitelist()
        .addPrefixes(
            "com.hazelcast.",
            "io.vertx.spi.cluster.hazelcast.",
            "java.lang.",
            "java.util.",
            "[Ljava.lang.");
    filter.getBlacklist().addPrefixes("java.lang.reflect.", "java.lang.invoke.");
    return filter;
  }
}
