package io.doppelfleet.control.api;

import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.Link;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.SecretFormatException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Secrets: who may use the fleet. Keys leave in links alone. */
final class SecretRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(SecretRoutes.class);

  /** Letters of what is said to be a name; links with secrets are shorter. */
  private static final int MOST_SEARCHED = 1024;

  private final Store store;
  private final Changes changes;
  private final Nodes nodes;
  private final Clock clock;
  private final RandomGenerator random;

  SecretRoutes(Store store, Changes changes, Nodes nodes, Clock clock, RandomGenerator random) {
    this.store = store;
    this.changes = changes;
    this.nodes = nodes;
    this.clock = clock;
    this.random = random;
  }

  void addTo(Api api) {
    api.add("listSecrets", this::list);
    api.add("addSecret", this::add);
    api.add("getSecret", this::show);
    api.add("revokeSecret", this::revoke);
    api.add("rotateSecret", this::rotate);
    api.add("limitSecret", this::limit);
    api.add("getLinks", this::links);
    api.addImport("importSecrets", this::importAll);
  }

  private Answer list(Call call) throws StoreException {
    FleetState state = store.latest();
    String search = call.textOrNull("search");
    List<FleetSecret> found =
        state.secrets().stream()
            .filter(secret -> search == null || isFound(secret, search))
            .toList();
    Slice<FleetSecret> slice = Slice.of(call, found.stream(), FleetSecret::name);
    List<String> names = slice.page().stream().map(FleetSecret::name).toList();
    Map<String, JsonObject> traffic = Totals.of(names, store, nodes).bySecret();
    OldKeyViews oldKeys = OldKeyViews.of(slice.page(), store, nodes);
    JsonArray secrets = new JsonArray();
    for (FleetSecret secret : slice.page()) {
      JsonObject passed = traffic.getOrDefault(secret.name(), Totals.NOTHING);
      secrets.add(oldKeys.addTo(Views.of(secret).put("traffic", passed), secret));
    }
    return Answer.of(
        state.revision(),
        slice.next(
            new JsonObject()
                .put("revision", state.revision())
                .put("found", found.size())
                .put("secrets", secrets)));
  }

  /** By its name or host. */
  static boolean isFound(FleetSecret secret, String text) {
    return secret.name().contains(text) || secret.host().contains(text);
  }

  private Answer show(Call call) throws Problem, StoreException {
    FleetState state = store.latest();
    return Answer.of(state.revision(), view(secret(state, call.text("name"))));
  }

  private JsonObject view(FleetSecret secret) throws StoreException {
    JsonObject traffic = Totals.of(List.of(secret.name()), store, nodes).json();
    return OldKeyViews.of(List.of(secret), store, nodes)
        .addTo(Views.of(secret).put("traffic", traffic), secret);
  }

  /** It was done, and who asked is told so whatever becomes of the store meanwhile. */
  private JsonObject changed(FleetSecret secret) {
    try {
      return view(secret);
    } catch (StoreException e) {
      LOG.warn("what a secret has moved isn't told with its change: {}", e.getMessage());
      return Views.of(secret);
    }
  }

  private Answer add(Call call) throws Problem, StoreException {
    Call.Body body = call.body();
    String name = checked("name", body.text("name"));
    String given = body.textOrNull("host");
    Secret key = secret(newKey(), given == null ? coverOfNodes() : given, "host");
    Limits limits = LimitsBody.within(body, "limits");
    FleetState state = added(call, "added secret " + name, Map.of(name, key), limits);
    return Answer.created(state.revision(), changed(secret(state, name)));
  }

  private Answer importAll(Call call) throws Problem, StoreException {
    Map<String, Secret> all = new TreeMap<>();
    for (Map.Entry<String, Object> entry : call.body().json().getJsonObject("secrets")) {
      String field = "secrets." + Call.cut(checked("secrets", entry.getKey()));
      all.put(entry.getKey(), parsed(field, (String) entry.getValue()));
    }
    if (all.isEmpty()) {
      throw Problem.of(400, "secrets", "is empty: one secret at least would be right");
    }
    FleetState state = imported(call, all);
    return Answer.created(
        state.revision(),
        new JsonObject().put("revision", state.revision()).put("imported", all.size()));
  }

  private FleetState imported(Call call, Map<String, Secret> all) throws Problem, StoreException {
    try {
      return added(call, "imported " + all.size() + " secrets", all, Limits.NONE);
    } catch (InvalidValueException e) {
      // A state has more levels than the request.
      throw new InvalidValueException(
          e.path().replaceFirst("\\.keys(\\.[0-9]+)?$", ""), e.problem());
    }
  }

  /** Names are shown everywhere, so none is taken that may be a secret. */
  private static String checked(String field, String name) throws Problem {
    // The search takes the square of a name's length, and what is longer is none anyhow.
    if (Secret.isPerhapsIn(name.substring(0, Math.min(name.length(), MOST_SEARCHED)))) {
      throw Problem.of(400, field, "has a secret, it seems, where a name belongs");
    }
    return name;
  }

  private static Secret parsed(String field, String text) throws Problem {
    try {
      return Secret.parse(text);
    } catch (SecretFormatException e) {
      throw Problem.of(400, field, "is not right: " + e.getMessage());
    }
  }

  private FleetState added(Call call, String what, Map<String, Secret> keys, Limits limits)
      throws Problem, StoreException {
    return changes.make(
        call,
        what,
        state -> {
          List<Entity> next = new ArrayList<>(state.entities().toList());
          Set<String> present = new HashSet<>();
          state.secrets().forEach(secret -> present.add(secret.name()));
          Map<String, Integer> generations = store.nextGenerations(keys.keySet());
          for (Map.Entry<String, Secret> entry : keys.entrySet()) {
            String name = entry.getKey();
            KeyGeneration key = fromNowOn(generations.getOrDefault(name, 1), entry.getValue());
            FleetSecret secret = new FleetSecret(name, List.of(key), limits, Set.of());
            if (present.contains(name)) {
              throw Problem.of(
                  409,
                  keys.size() == 1 ? "name" : "secrets." + name,
                  "is \"" + name + "\", which is there already: rotate it, or take another name");
            }
            next.add(secret);
          }
          return FleetState.of(state.revision(), next);
        });
  }

  private Answer rotate(Call call) throws Problem, StoreException {
    String name = call.text("name");
    Call.Body body = call.body();
    byte[] key = newKey();
    Instant now = now();
    FleetState state =
        changes.make(
            call,
            "rotated secret " + name,
            present -> {
              FleetSecret secret = secret(present, name);
              long overlap = body.number("overlap", present.settings().overlap().toSeconds());
              List<KeyGeneration> keys = new ArrayList<>(old(secret, now, overlap));
              if (keys.size() == FleetSecret.MOST_KEYS) {
                throw Problem.of(
                    409,
                    "overlap",
                    "is "
                        + overlap
                        + ", and "
                        + keys.size()
                        + " keys work then, which are all that a secret can have: a shorter one"
                        + " would be right");
              }
              keys.add(
                  fromNowOn(
                      store.nextGenerations(Set.of(name)).getOrDefault(name, 1),
                      Secret.of(key, secret.host())));
              return present.with(new FleetSecret(name, keys, secret.limits(), secret.labels()));
            });
    return Answer.of(state.revision(), changed(secret(state, name)));
  }

  /** Valid on every node, whose clock may be behind, and when a clock is set back. */
  private static KeyGeneration fromNowOn(int generation, Secret secret) {
    return new KeyGeneration(generation, secret, Instant.EPOCH, null);
  }

  /** The keys that were there: those that have ended go, the others end after the overlap. */
  private static List<KeyGeneration> old(FleetSecret secret, Instant now, long overlap) {
    Instant end = now.plusSeconds(overlap);
    List<KeyGeneration> keys = new ArrayList<>();
    for (KeyGeneration key : secret.keys()) {
      Instant until = key.until() == null || key.until().isAfter(end) ? end : key.until();
      if (until.isAfter(now) && until.isAfter(key.from())) {
        keys.add(new KeyGeneration(key.generation(), key.secret(), key.from(), until));
      }
    }
    return keys;
  }

  private Answer limit(Call call) throws Problem, StoreException {
    String name = call.text("name");
    Limits limits = LimitsBody.read(call.body());
    FleetState state =
        changes.make(
            call,
            "limited secret " + name,
            present -> {
              FleetSecret secret = secret(present, name);
              return present.with(new FleetSecret(name, secret.keys(), limits, secret.labels()));
            });
    return Answer.of(state.revision(), changed(secret(state, name)));
  }

  private Answer revoke(Call call) throws Problem, StoreException {
    String name = call.text("name");
    FleetState state =
        changes.make(
            call,
            "revoked secret " + name,
            present -> present.without(Entity.Kind.SECRET, secret(present, name).name()));
    return Answer.of(state.revision(), new JsonObject().put("revision", state.revision()));
  }

  private Answer links(Call call) throws Problem, StoreException {
    FleetState state = store.latest();
    FleetSecret secret = secret(state, call.text("name"));
    JsonArray links = new JsonArray();
    for (NodeReport report : serving(secret.host())) {
      Link link = new Link(report.server(), secret.newest().secret());
      links.add(
          new JsonObject()
              .put("server", report.server().toString())
              .put("tg", link.tg())
              .put("https", link.https())
              .put("qr", QrPath.of(link.tg())));
    }
    return Answer.of(
        state.revision(),
        new JsonObject()
            .put("name", secret.name())
            .put("secret", secret.newest().secret().toHex())
            .put("links", links));
  }

  /**
   * The nodes whose cover is the site that a secret's clients ask for: at another's address the
   * name in their hellos is one that isn't there. Where none is, all: a name may be another of a
   * cover's names, or the cover an address.
   */
  private List<NodeReport> serving(String host) {
    List<NodeReport> all = nodes.present();
    List<NodeReport> ofHost =
        all.stream().filter(report -> report.cover().equalsIgnoreCase(host)).toList();
    return ofHost.isEmpty() ? all : ofHost;
  }

  private static FleetSecret secret(FleetState state, String name) throws Problem {
    for (FleetSecret secret : state.secrets()) {
      if (secret.name().equals(name)) {
        return secret;
      }
    }
    throw Problem.of(404, "there is no secret \"" + name + "\"");
  }

  /** The one host name of all nodes' covers. */
  private String coverOfNodes() throws Problem {
    List<String> hosts = nodes.present().stream().map(NodeReport::cover).distinct().toList();
    if (hosts.isEmpty()) {
      throw Problem.of(400, "host", "is missing, and no node has said yet what its cover is");
    }
    if (hosts.size() > 1) {
      throw Problem.of(
          400,
          "host",
          "is missing, and the nodes have the covers "
              + String.join(" and ", hosts)
              + ": one of them would be right");
    }
    try {
      InetAddress.ofLiteral(hosts.getFirst());
    } catch (IllegalArgumentException name) {
      return hosts.getFirst();
    }
    throw Problem.of(
        400, "host", "is missing, and the cover is an address: the site's name would be right");
  }

  private static Secret secret(byte[] key, String host, String field) {
    try {
      return Secret.of(key, host);
    } catch (SecretFormatException e) {
      throw new InvalidValueException(field, "is not right: " + e.getMessage());
    }
  }

  private byte[] newKey() {
    byte[] key = new byte[Secret.KEY_LENGTH];
    random.nextBytes(key);
    return key;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
