package io.doppelfleet.launcher.forms;

import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.BanAnswer;
import io.doppelfleet.fleet.BanQuestion;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.EntityId;
import io.doppelfleet.fleet.EpochGrant;
import io.doppelfleet.fleet.EpochRequest;
import io.doppelfleet.fleet.FleetLeases;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HelloAnswer;
import io.doppelfleet.fleet.HelloPart;
import io.doppelfleet.fleet.HelloQuestion;
import io.doppelfleet.fleet.HelloTokens;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.KnownHellos;
import io.doppelfleet.fleet.Lease;
import io.doppelfleet.fleet.LimitAnswer;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.SeenHellos;
import io.doppelfleet.fleet.Settings;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.StateDelta;
import io.doppelfleet.fleet.StateRequest;
import io.doppelfleet.fleet.StateSignature;
import io.doppelfleet.fleet.StateSnapshot;
import io.doppelfleet.fleet.TrafficReceipt;
import io.doppelfleet.fleet.TrafficReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The state and the messages that {@code forms/1} has. */
final class Words1 {
  static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");

  static final FleetSecret ALICE_AT_FIRST =
      new FleetSecret("alice", List.of(generation(1, null)), Limits.NONE, Set.of());

  static final FleetSecret ALICE =
      new FleetSecret(
          "alice",
          List.of(generation(1, NOON.plus(Duration.ofDays(1))), generation(2, null)),
          new Limits(
              8,
              new Limits.AddressLimit(3, Duration.ofDays(1)),
              Map.of(
                  Limits.Period.DAY, 1L << 30,
                  Limits.Period.WEEK, 2L << 30,
                  Limits.Period.MONTH, 3L << 30,
                  Limits.Period.TOTAL, 4L << 30),
              1L << 20,
              NOON.plus(Duration.ofDays(30))),
          Set.of("eu", "fast"));

  static final FleetSecret BOB =
      new FleetSecret("bob", List.of(generation(9, null)), Limits.NONE, Set.of());

  /** Who is gone at the end. */
  static final FleetSecret MALLORY =
      new FleetSecret("mallory", List.of(generation(5, null)), Limits.NONE, Set.of());

  static final List<Ban> BANS =
      List.of(
          new Ban(
              Prefix.parse("192.0.2.0/24"), "probes, \"again\" é漢", "carol", NOON.plusSeconds(9)),
          new Ban(Prefix.parse("2001:db8::/64"), "x", "dave", null));

  static final List<PrefixList> LISTS =
      List.of(
          new PrefixList(
              "abroad",
              PrefixList.Use.REFUSE,
              List.of(Prefix.parse("198.51.100.0/24"), Prefix.parse("203.0.113.0/24"))),
          new PrefixList(
              "offices", PrefixList.Use.ALLOW, List.of(Prefix.parse("2001:db8:1::/48"))));

  static final Settings SETTINGS =
      new Settings(
          new Limits(null, null, Map.of(Limits.Period.MONTH, 1L << 40), null, null),
          Duration.ofHours(6));

  static final FleetState STATE = new FleetState(7, List.of(ALICE, BOB), BANS, LISTS, SETTINGS);

  private static final Stamp STAMP = new Stamp("node-3", 1_795_866_000_000L, 4);
  private static final StateSignature SIGNATURE = new StateSignature(octets(64, 0x5a).bytes());

  private Words1() {}

  static KeyGeneration generation(int number, @Nullable Instant until) {
    byte[] key = octets(Secret.KEY_LENGTH, 0x10 + number).bytes();
    return new KeyGeneration(number, Secret.of(key, "www.example.org"), NOON, until);
  }

  /** So many, each of this value. */
  static Octets octets(int count, int value) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return Octets.of(bytes);
  }

  /** What goes between controls and nodes: each kind, with what may be missing and without. */
  static List<FleetMessage> messages() {
    NodeHealth health =
        new NodeHealth(
            STAMP,
            "1.0",
            3,
            true,
            List.of(2, 4),
            List.of(203),
            List.of(new NodeHealth.OldKeys("alice", 2)),
            List.of(
                new NodeHealth.Probe(2, 0, null, 80),
                new NodeHealth.Probe(4, 3, NodeHealth.Failure.LATE, null)));
    HelloTokens tokens = HelloTokens.of(0x000102030405L, 0xfbffffffffffL);
    Lease lease = new Lease(Prefix.parse("192.0.2.7"), 3600);
    return List.of(
        new StateDelta(
            STAMP,
            6,
            7,
            "ab".repeat(32),
            SIGNATURE,
            STATE.entities().toList(),
            List.of(
                new EntityId(Entity.Kind.SECRET, "mallory"),
                new EntityId(Entity.Kind.BAN, "192.0.2.9/32"),
                new EntityId(Entity.Kind.LIST, "old"))),
        new StateSnapshot(STAMP, STATE, SIGNATURE),
        new StateRequest(STAMP, 6),
        new NodeReport(STAMP, 7, new HostPort("proxy.example.org", 443), "www.example.org", 12),
        new NodeReport(STAMP, 7, new HostPort("192.0.2.1", 443), "www.example.org", 0, true),
        health,
        health.withoutProbes(),
        new EpochRequest(STAMP),
        new EpochGrant(STAMP, 3),
        new TrafficReport(
            STAMP,
            List.of(new TrafficReport.Count("alice", 1, 5, 1L << 60, 2, 1)),
            List.of(new TrafficReport.Budget("alice", 9, true))),
        new TrafficReceipt(STAMP, 17, true, List.of(new TrafficReceipt.Grant("alice", 1024))),
        new SeenHellos(STAMP, tokens),
        new KnownHellos(STAMP, 7, tokens),
        new HelloQuestion(STAMP, 0, tokens),
        new HelloAnswer(STAMP, new HelloPart(tokens, HelloPart.END)),
        new BanQuestion(STAMP, Prefix.parse("2001:db8::/32")),
        new BanAnswer(STAMP, 3, List.of(new BanAnswer.Reached("alice", 2))),
        new NodeLeases(STAMP, List.of(lease)),
        new FleetLeases(
            STAMP, List.of(lease), List.of(new Lease(Prefix.parse("2001:db8::/64"), 1))),
        new LimitQuestion(
            STAMP,
            List.of(
                new LimitQuestion.Use(
                    "alice",
                    new LimitQuestion.Connections(3, 1, 4),
                    new LimitQuestion.Addresses(2, List.of(1, 0xffffff), List.of(7)),
                    new LimitQuestion.Rate(4096, 2048)))),
        new LimitAnswer(STAMP, 2, List.of(new LimitAnswer.Share("alice", 5, List.of(1), 3072L))));
  }

  /** What goes between the ends of a link of the link itself. */
  static List<LinkMessage> ofLinks() {
    return List.of(
        new LinkMessage.Join(octets(16, 1), octets(9, 2)),
        new LinkMessage.Joined("paris", "node-3", octets(9, 3), octets(9, 4), octets(9, 5)),
        new LinkMessage.Hello("ab".repeat(16), LinkMessage.FIRST),
        new LinkMessage.Hello("ab".repeat(16), LinkMessage.PROBES),
        new LinkMessage.Hello("ab".repeat(16), LinkMessage.LIMITS),
        new LinkMessage.Welcome(7, LinkMessage.FIRST),
        new LinkMessage.Welcome(7, LinkMessage.PROBES),
        new LinkMessage.Welcome(7, LinkMessage.LIMITS),
        new LinkMessage.Refusal(LinkMessage.Refusal.Kind.LATER, "try again"),
        new LinkMessage.Refusal(LinkMessage.Refusal.Kind.WRONG, "no token"),
        new LinkMessage.Refusal(LinkMessage.Refusal.Kind.REMOVED, "it was removed"),
        new LinkMessage.Renewal(),
        new LinkMessage.Renewed(octets(9, 6)),
        new LinkMessage.Drain(300),
        new LinkMessage.Beat());
  }
}
