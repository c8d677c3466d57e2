package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.ControlOptions;
import io.doppelfleet.control.ControlVerticle;
import io.doppelfleet.control.link.LinkOptions;
import io.doppelfleet.control.node.Ledger;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.proxy.link.ControlLink;
import io.doppelfleet.proxy.link.Joining;
import io.doppelfleet.proxy.link.NodeIdentity;
import io.doppelfleet.proxy.state.StateFollower;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A control whose clock is ten minutes from its nodes', either way. */
@Timeout(60)
final class WrongClockTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final Vertx elsewhere = Vertx.vertx();

  @AfterEach
  void end() throws Exception {
    TestNode.await(elsewhere.close());
    TestNode.await(vertx.close());
  }

  @ParameterizedTest
  @ValueSource(ints = {-10, 10})
  void aNodeJoinsFollowsAndIsRemovedAndNoNewKeyWaitsForAClock(int minutes) throws Exception {
    Clock wrong = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(minutes));
    HostPort address;
    try (ServerSocket free = new ServerSocket(0)) {
      address = new HostPort("127.0.0.1", free.getLocalPort());
    }
    ControlOptions options =
        new ControlOptions(
            "jdbc:h2:file:" + directory.resolve("fleet"),
            directory.resolve("fleet.key"),
            directory.resolve("control.id"),
            directory.resolve("control.sock"),
            false,
            new Ledger.Retention(Duration.ofDays(7), Duration.ofDays(400)),
            new LinkOptions(address, address),
            null,
            null);
    TestNode.await(vertx.deployVerticle(new ControlVerticle(options, wrong)));
    ControlApi api = new ControlApi(directory);
    String token =
        api.done("POST", "/nodes", new JsonObject().put("name", "paris").encode())
            .getString("token");
    NodeIdentity identity = TestNode.await(Joining.join(elsewhere, JoinToken.parse(token), RANDOM));

    Removed removed = new Removed(new CompletableFuture<>());
    Sender sender = new Sender(identity.sender(), Instant.EPOCH);
    ControlLink link =
        ControlLink.start(elsewhere, identity, sender, removed, Clock.systemUTC(), RANDOM, null);
    TestNode.await(link.opened());
    StateFollower follower =
        TestNode.await(StateFollower.start(elsewhere, sender, identity.statesKey()));
    api.add("alice", "cover.example");
    api.done("POST", "/secrets/alice/rotation", "{\"overlap\": 3600}");
    await().atMost(SOON).until(() -> follower.present().revision() == 3);
    FleetSecret alice = follower.present().state().secrets().getFirst();
    assertThat(alice.keys()).hasSize(2).allMatch(key -> key.isValidAt(Instant.now()));
    KeyGeneration old = alice.keys().getFirst();
    // The node's clock says when it ends: so much sooner or later.
    assertThat(Duration.between(Instant.now(), Objects.requireNonNull(old.until())))
        .isBetween(Duration.ofMinutes(60 + minutes - 1), Duration.ofMinutes(60 + minutes + 1));

    api.done("DELETE", "/nodes/paris", "");
    await().atMost(SOON).until(removed.why::isDone);
  }

  private record Removed(CompletableFuture<String> why) implements ControlLink.Events {
    @Override
    public void renewed(NodeIdentity identity) {}

    @Override
    public void drain(Duration longest) {}

    @Override
    public void removed(String said) {
      why.complete(said);
    }
  }
}
