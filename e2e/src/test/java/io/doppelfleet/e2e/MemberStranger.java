package io.doppelfleet.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.hazelcast.config.Config;
import com.hazelcast.core.DistributedObject;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.multimap.MultiMap;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.cluster.BusStream;
import io.doppelfleet.fleet.cluster.ClusterOptions;
import io.doppelfleet.launcher.state.IdentityFile;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastNodeInfo;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastRegistrationInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A member of the cluster that nobody let in, for Hazelcast asks nobody; it has no certificate. It
 * sees all that members see.
 */
final class MemberStranger implements AutoCloseable {
  private final HazelcastInstance member;
  private final ClusterOptions options;
  private final ServerSocket lure;
  private final List<String> heard = new CopyOnWriteArrayList<>();

  private MemberStranger(HazelcastInstance member, ClusterOptions options, ServerSocket lure) {
    this.member = member;
    this.options = options;
    this.lure = lure;
    Thread.ofPlatform().daemon().start(this::listen);
  }

  /**
   * Joins.
   *
   * @param state of a node, whose authority says the cluster's name; a control shows it to anybody
   */
  static MemberStranger join(TestCluster cluster, Path state) throws Exception {
    ClusterOptions options = cluster.ofStranger();
    byte[] authority = new IdentityFile(state).read().authority().bytes();
    Config config = ConfigUtil.loadConfig();
    config.setClusterName(
        "doppelfleet-" + HexFormat.of().formatHex(JoinToken.sha256(authority), 0, 16));
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.local.localAddress", options.listen().host());
    config.getNetworkConfig().setPort(options.listen().port()).setPortAutoIncrement(false);
    config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
    config
        .getNetworkConfig()
        .getJoin()
        .getTcpIpConfig()
        .setEnabled(true)
        .addMember(options.members().getFirst().toString());
    ServerSocket lure =
        new ServerSocket(options.busPort(), 50, InetAddress.ofLiteral(options.listen().host()));
    HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
    if (member.getCluster().getMembers().size() < 2) {
      throw new IOException("it has not joined");
    }
    return new MemberStranger(member, options, lure);
  }

  /** All that is kept there, and how it is called. */
  String seen() {
    StringBuilder seen = new StringBuilder();
    for (DistributedObject each : member.getDistributedObjects()) {
      seen.append(each.getName()).append('\n');
      if (each instanceof IMap<?, ?> map) {
        map.forEach((key, value) -> seen.append(key).append(' ').append(value).append('\n'));
      } else if (each instanceof MultiMap<?, ?> map) {
        map.entrySet()
            .forEach(e -> seen.append(e.getKey()).append(' ').append(e.getValue()).append('\n'));
      }
    }
    return seen.toString();
  }

  /**
   * Makes all messages of the bus come here that find no open connection, and others nowhere; and
   * whoever knocks for a link may come here.
   */
  void spoil() {
    IMap<String, HazelcastNodeInfo> infos = member.getMap("__vertx.nodeInfo");
    NodeInfo own = new NodeInfo(options.listen().host(), options.busPort(), null);
    for (Map.Entry<String, HazelcastNodeInfo> each : infos.entrySet()) {
      infos.put(each.getKey(), new HazelcastNodeInfo(own));
    }
    MultiMap<String, Object> subs = member.getMultiMap("__vertx.subs");
    subs.keySet().forEach(subs::remove);
    infos.put("stranger", new HazelcastNodeInfo(own));
    subs.put(
        BusStream.DOOR, new HazelcastRegistrationInfo(new RegistrationInfo("stranger", 1, false)));
  }

  private void listen() {
    while (!lure.isClosed()) {
      try (Socket socket = lure.accept()) {
        socket.setSoTimeout(500);
        byte[] bytes = new byte[4096];
        int read = socket.getInputStream().read(bytes);
        heard.add(new String(bytes, 0, Math.max(read, 0), ISO_8859_1));
      } catch (IOException e) {
        heard.add(""); // it says nothing, or this has ended
      }
    }
  }

  /** What was said to it on the bus. */
  String heard() {
    return String.join("", heard);
  }

  @Override
  public void close() throws IOException {
    lure.close();
    member.shutdown();
  }
}
