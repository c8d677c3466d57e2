package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.cluster.ClusterOptions;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The section on the cluster. */
final class ClusterReader {
  /** Hazelcast's own, and the next one for the bus. */
  private static final int PORT = 5701;

  private static final int BUS_PORT = 5702;

  private final Settings settings;
  private final Values values;

  ClusterReader(Settings settings, Values values) {
    this.settings = settings;
    this.values = values;
  }

  /** Null where there is none; of no use where there are mistakes afterwards. */
  @Nullable Cluster read(Role role, Path state) {
    Setting first =
        Stream.of(
                Option.CLUSTER_MEMBERS,
                Option.CLUSTER_LISTEN,
                Option.CLUSTER_BUS_PORT,
                Option.CLUSTER_KEY_FILE)
            .map(settings::of)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    if (first == null) {
      return null;
    }
    checkRole(role, first);
    HostPort listen = values.orNull(Option.CLUSTER_LISTEN, ClusterReader::own);
    if (settings.of(Option.CLUSTER_LISTEN) == null) {
      values.mistake(
          first,
          "a cluster needs this machine's address on the private network: add cluster.listen");
    }
    int busPort =
        values.of(Option.CLUSTER_BUS_PORT, BUS_PORT, text -> Values.number(text, 1, 65_535));
    List<HostPort> members = members(first, role, listen);
    Path keyFile = values.orNull(Option.CLUSTER_KEY_FILE, Path::of);
    if (listen == null) {
      return null;
    }
    if (listen.port() == busPort) {
      values.mistake(
          first, "cluster.listen and cluster.bus-port are both " + busPort + ": two are right");
    }
    return new Cluster(
        new ClusterOptions(listen, busPort, members),
        keyFile == null ? null : state.resolve(keyFile));
  }

  private void checkRole(Role role, Setting first) {
    Setting key = settings.of(Option.CLUSTER_KEY_FILE);
    if (role == Role.PROXY && key != null) {
      values.mistake(
          key,
          "controls alone hold the fleet key, and this node has a key of its own, by"
              + " ./doppelfleet node join: take it out");
    }
    if (role == Role.ALL && settings.of(Option.STORE_URL) == null) {
      values.mistake(
          first,
          "a cluster is a fleet's: add control.store.url to lead it, or role: proxy to follow");
    }
    if (role != Role.PROXY
        && settings.of(Option.STORE_URL) != null
        && settings.of(Option.NODES_LISTEN) == null) {
      values.mistake(first, "nodes join over control.nodes.listen, in a cluster too: add it");
    }
  }

  private List<HostPort> members(Setting first, Role role, @Nullable HostPort listen) {
    Setting setting = settings.of(Option.CLUSTER_MEMBERS);
    List<HostPort> members = new ArrayList<>();
    if (setting == null || setting.texts().isEmpty()) {
      values.mistake(
          setting == null ? first : setting,
          "some who are in the cluster have to be said, the controls best: add cluster.members");
      return members;
    }
    for (String text : setting.texts()) {
      HostPort member = values.parsed(setting, text, ClusterReader::withPort);
      if (member != null && members.contains(member)) {
        values.mistake(setting, member + " stands there twice");
      } else if (member != null) {
        members.add(member);
      }
    }
    if (role == Role.PROXY && listen != null && members.equals(List.of(listen))) {
      values.mistake(setting, "it has this node alone: a control is right");
    }
    return members;
  }

  /** An address, for a name's may be several, or change. */
  private static HostPort own(String text) {
    HostPort address = withPort(text);
    InetAddress parsed;
    try {
      parsed = InetAddress.ofLiteral(address.host());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("an IPv4 or IPv6 address is right, not a name", e);
    }
    if (parsed.isAnyLocalAddress() || parsed.isMulticastAddress()) {
      throw new IllegalArgumentException(
          "the one address of this machine on the private network is right: the cluster listens"
              + " nowhere else");
    }
    return address;
  }

  private static HostPort withPort(String text) {
    boolean bare =
        text.indexOf(':') < 0
            || (text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("["));
    HostPort parsed = bare ? new HostPort(text, PORT) : HostPort.parse(text);
    if (parsed.port() == 0) {
      throw new IllegalArgumentException("a port in 1..65535 is right");
    }
    return parsed;
  }
}
