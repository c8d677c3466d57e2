package io.doppelfleet.launcher.config;

import java.util.Locale;

/** Every key of the configuration. {@code conf/doppelfleet.yaml} explains each. */
enum Option {
  ROLE("role"),
  STATE("state"),
  LISTEN("proxy.listen"),
  LISTEN_PROXY_PROTOCOL("proxy.proxy-protocol", true),
  LISTS("proxy.lists", true),
  PUBLIC_HOST("proxy.public.host"),
  PUBLIC_PORT("proxy.public.port"),
  COVER_HOST("proxy.cover.host"),
  COVER_PORT("proxy.cover.port"),
  COVER_PROXY_PROTOCOL("proxy.cover.proxy-protocol"),
  COVER_SITE("proxy.cover.site"),
  COVER_CERTIFICATE("proxy.cover.certificate"),
  COVER_KEY("proxy.cover.key"),
  DATACENTERS("proxy.datacenters", true),
  UPSTREAMS("proxy.upstreams", true),
  OUTGOING_BIND("proxy.outgoing.bind"),
  OUTGOING_PREFER("proxy.outgoing.prefer"),
  OUTGOING_MARK("proxy.outgoing.mark"),
  OUTGOING_PROBE_EVERY("proxy.outgoing.probe-every"),
  OUTGOING_LIST_EVERY("proxy.outgoing.list-every"),
  LOOPS("proxy.loops"),
  SHAPING("proxy.shaping"),
  PROBE_EVERY("proxy.probe-every"),
  CONNECTIONS("proxy.limits.connections"),
  CONNECTIONS_PER_NETWORK("proxy.limits.connections-per-network"),
  IDLE("proxy.limits.idle"),
  CLOCK_TOLERANCE("proxy.limits.clock-tolerance"),
  DIAL_TIMEOUT("proxy.limits.dial-timeout"),
  SILENCE("proxy.limits.silence"),
  DRAIN("proxy.limits.drain"),
  WAITING_PER_CONNECTION("proxy.limits.waiting-per-connection"),
  WAITING_IN_ALL("proxy.limits.waiting-in-all"),
  REPLAYS("proxy.limits.replays"),
  RATE("proxy.limits.rate"),
  DNS_SERVERS("dns.servers"),
  RULES_REPLAYS("proxy.rules.replays"),
  RULES_FOR("proxy.rules.for"),
  SECRETS("secrets", true),
  STORE_URL("control.store.url"),
  CONTROL_LISTEN("control.listen"),
  CONTROL_CERTIFICATE("control.tls.certificate"),
  CONTROL_KEY("control.tls.key"),
  KEEP_HOURS("control.traffic.keep-hours"),
  KEEP_DAYS("control.traffic.keep-days"),
  NODES_LISTEN("control.nodes.listen"),
  NODES_PUBLIC_HOST("control.nodes.public.host"),
  NODES_PUBLIC_PORT("control.nodes.public.port"),
  CLUSTER_MEMBERS("cluster.members"),
  CLUSTER_LISTEN("cluster.listen"),
  CLUSTER_BUS_PORT("cluster.bus-port"),
  CLUSTER_KEY_FILE("cluster.key-file"),
  METRICS_LISTEN("metrics.listen"),
  METRICS_OTLP_URL("metrics.otlp.url"),
  METRICS_OTLP_EVERY("metrics.otlp.every"),
  HEALTH_LISTEN("health.listen"),
  LOG_FORMAT("log.format");

  /** Where the key stands in the file, levels parted by dots. */
  final String path;

  /** Whether the operator names the entries beneath it. */
  final boolean named;

  Option(String path) {
    this(path, false);
  }

  Option(String path, boolean named) {
    this.path = path;
    this.named = named;
  }

  /** The name of the environment variable; for a named option what an entry's name follows. */
  String variable() {
    return Origin.VARIABLES
        + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_')
        + (named ? "_" : "");
  }

  /** The name of the system property; for a named option what an entry's name follows. */
  String property() {
    return Origin.PROPERTIES + path + (named ? "." : "");
  }
}
