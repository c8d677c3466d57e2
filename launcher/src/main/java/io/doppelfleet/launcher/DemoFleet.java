package io.doppelfleet.launcher;

import io.doppelfleet.control.ControlOptions;
import io.doppelfleet.control.ControlVerticle;
import io.doppelfleet.control.http.WebOptions;
import io.doppelfleet.control.link.LinkOptions;
import io.doppelfleet.control.node.Ledger.Retention;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.launcher.command.ApiClient;
import io.doppelfleet.launcher.command.CommandException;
import io.doppelfleet.launcher.demo.Surroundings;
import io.doppelfleet.launcher.oddity.ListenProbe;
import io.doppelfleet.launcher.state.ControlSocket;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.launcher.state.StateException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The demo's control, and its nodes, which reach it by links as nodes elsewhere do. */
final class DemoFleet implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";

  /** Connections that its API may have at once. */
  private static final int BROWSERS = 64;

  private static final Retention RETENTION = new Retention(Duration.ofDays(2), Duration.ofDays(7));

  private static final List<String> PEOPLE =
      List.of(
          "anna", "bahram", "chiara", "dmitri", "elif", "farid", "galina", "hamid", "ines", "jamal",
          "katya", "leila");

  private final Path directory;
  private final StateDirectory state;
  private final Vertx vertx = vertx();
  private final ControlVerticle control;
  private final List<DemoNode> nodes = new ArrayList<>();

  private DemoFleet(Path directory) throws StateException {
    this.directory = directory;
    this.state = StateDirectory.open(directory.resolve("control"));
    Path own = state.path();
    this.control =
        new ControlVerticle(
            new ControlOptions(
                "jdbc:h2:file:" + own.resolve("fleet"),
                own.resolve("fleet.key"),
                own.resolve("control.id"),
                ControlSocket.in(own),
                false,
                RETENTION,
                links(ListenProbe.free(LOOPBACK)),
                new WebOptions(new HostPort(LOOPBACK, 0), true, null, LOOPBACK, BROWSERS),
                null),
            Clock.systemUTC());
  }

  /**
   * With its control and no node yet.
   *
   * @param directory for all of its files
   * @throws StartException when the control can't start
   */
  static DemoFleet control(Path directory) throws StateException, StartException {
    DemoFleet fleet = new DemoFleet(directory);
    try {
      fleet.vertx.deployVerticle(fleet.control).await();
      return fleet;
    } catch (Exception e) { // await() throws checked ones too
      fleet.close();
      throw new StartException("the demo's control can't start", e);
    }
  }

  /** A Vert.x for a control or a node. */
  static Vertx vertx() {
    return Vertx.vertx(
        new VertxOptions()
            .setPreferNativeTransport(true) // for descriptors and the Unix socket
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(2)
            .setInternalBlockingPoolSize(2)
            .setFileSystemOptions(
                new FileSystemOptions() // or a cache is left where the process is ended
                    .setClassPathResolvingEnabled(false)
                    .setFileCachingEnabled(false)));
  }

  private static LinkOptions links(HostPort free) {
    return new LinkOptions(free, free);
  }

  /**
   * Brings in secrets, one of them with a limit, and a ban of nobody: the result is the secrets.
   */
  List<NamedSecret> fill() throws CommandException {
    SecureRandom random = new SecureRandom();
    List<NamedSecret> secrets = new ArrayList<>();
    JsonObject imported = new JsonObject();
    for (String name : PEOPLE) {
      byte[] key = new byte[Secret.KEY_LENGTH];
      random.nextBytes(key);
      NamedSecret named = new NamedSecret(name, Secret.of(key, Surroundings.HOST));
      secrets.add(named);
      imported.put(name, named.secret().toHex());
    }
    try (ApiClient api = ApiClient.ofNode(state.path())) {
      api.post("/imports", new JsonObject().put("secrets", imported));
      String limited = "/secrets/" + PEOPLE.getFirst();
      api.putOn(
          Objects.requireNonNull(api.get(limited).etag()),
          limited + "/limits",
          new JsonObject().put("connections", 40));
      api.post(
          "/bans",
          new JsonObject()
              .put("prefix", "192.0.2.0/24")
              .put("reason", "scanned for proxies")
              .put(
                  "expiry",
                  Instant.now()
                      .plus(Duration.ofHours(6))
                      .truncatedTo(ChronoUnit.SECONDS)
                      .toString()));
    }
    return secrets;
  }

  /**
   * One more node.
   *
   * @param around what it stands between
   * @throws StartException when it can't join or start
   */
  void join(String name, Surroundings around)
      throws CommandException, StateException, StartException {
    String token;
    try (ApiClient api = ApiClient.ofNode(state.path())) {
      token = api.post("/nodes", new JsonObject().put("name", name)).body().getString("token");
    }
    nodes.add(DemoNode.start(directory.resolve(name), JoinToken.parse(token), around));
  }

  /** Where the nodes listen. */
  List<InetSocketAddress> addresses() {
    return nodes.stream().map(DemoNode::address).toList();
  }

  /** The link by which the first administrator comes in, once. */
  String invitation() {
    return Objects.requireNonNull(control.invitationLink());
  }

  /** The state directory of its control, for commands. */
  Path state() {
    return state.path();
  }

  @Override
  public void close() throws StateException {
    nodes.forEach(DemoNode::close);
    vertx.close().await();
    state.close();
  }
}
