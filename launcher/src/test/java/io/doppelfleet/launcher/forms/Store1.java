package io.doppelfleet.launcher.forms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.doppelfleet.control.store.Account;
import io.doppelfleet.control.store.Accounts;
import io.doppelfleet.control.store.Admission;
import io.doppelfleet.control.store.ApiToken;
import io.doppelfleet.control.store.AuditEntry;
import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.control.store.Claim;
import io.doppelfleet.control.store.Edit;
import io.doppelfleet.control.store.Intent;
import io.doppelfleet.control.store.Maker;
import io.doppelfleet.control.store.Member;
import io.doppelfleet.control.store.Moved;
import io.doppelfleet.control.store.NodeTotal;
import io.doppelfleet.control.store.Repeats;
import io.doppelfleet.control.store.Revision;
import io.doppelfleet.control.store.Role;
import io.doppelfleet.control.store.SecondFactors;
import io.doppelfleet.control.store.SecretTotal;
import io.doppelfleet.control.store.Seed;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.control.store.TrafficPeriod;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.Limits.Period;
import io.doppelfleet.fleet.NodeName;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.TrafficReport;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** What the store of {@code forms/1} holds: a row of each kind. */
final class Store1 {
  private static final Instant LATER = Instant.parse("2999-01-01T00:00:00Z");
  private static final Intent CAROL = new Intent(new Maker.Owner("carol"), "unix", null);
  private static final String INSTANCE = "ab".repeat(16);
  private static final Octets SEED = Words1.octets(20, 0x77);
  private static final String SESSION = hash(1);
  private static final String INVITATION = hash(2);
  private static final String TOKEN = hash(3);
  private static final String MADE_TOKEN = hash(4);
  private static final String JOINED_TOKEN = hash(5);
  private static final String OPEN_TOKEN = hash(6);
  private static final String PARIS = hash(7);
  private static final String GONE = hash(8);
  private static final Repeats.Key ANSWERED = new Repeats.Key(hash(9), hash(10), hash(11));
  private static final Repeats.Key CUT_OFF = new Repeats.Key(hash(12), hash(10), hash(11));
  private static final Claim.Answered ANSWER = new Claim.Answered(201, 7, Words1.octets(9, 0x20));
  private static final TrafficReport REPORT =
      new TrafficReport(
          new Stamp("node-1", 1, 1),
          List.of(
              new TrafficReport.Count("alice", 1, 100, 200, 3, 1),
              new TrafficReport.Count("bob", 1, 5, 7, 2, 0)),
          List.of(new TrafficReport.Budget("alice", 0, true)));

  private Store1() {}

  /** 64 hex digits, the same of no two numbers. */
  private static String hash(int number) {
    return Words1.octets(32, number).toHex();
  }

  /** That in a directory, at the time at which it was written. */
  static Store open(Path directory) throws StoreException {
    return Store.open(
        "jdbc:h2:file:" + directory.resolve("fleet"),
        directory.resolve("fleet.key"),
        Clock.fixed(Words1.NOON, ZoneOffset.UTC),
        new SecureRandom());
  }

  static void fill(Store store) throws Exception {
    change(store, "added secret alice", state -> state.with(Words1.ALICE_AT_FIRST));
    store.rotateKey(new Edit("carol", "unix", "rotated the fleet key")); // what is above, too
    change(store, "rotated secret alice", state -> state.with(Words1.ALICE));
    change(store, "added secret bob", state -> state.with(Words1.BOB));
    change(store, "set the rest", Store1::withTheRest);
    change(store, "added secret mallory", state -> state.with(Words1.MALLORY));
    change(store, "revoked secret mallory", state -> state.without(Entity.Kind.SECRET, "mallory"));
    people(store);
    nodes(store);
    store.traffic().newEpoch("node-1");
    assertThat(store.traffic().add(REPORT, Map.of("alice", Words1.ALICE.limits().bytes())))
        .isPresent();
    store.repeats().begin(ANSWERED);
    store.repeats().end(ANSWERED, ANSWER, Repeats.REMEMBERED);
    store.repeats().begin(CUT_OFF);
    store
        .audit()
        .ask(
            new Edit("anna", "192.0.2.1", "asked whom a ban would cut"),
            new Deed(Kind.QUESTION, "192.0.2.0/24", null, null));
    store
        .audit()
        .note(
            new Edit("anna", "192.0.2.1", "ended the ban of 192.0.2.7/32"),
            new Deed(Kind.RULE, "192.0.2.7/32", null, null));
  }

  private static void change(Store store, String what, Store.Change<StoreException> change)
      throws StoreException {
    store.change(new Edit("carol", "unix", what), change);
  }

  private static FleetState withTheRest(FleetState state) {
    FleetState next = state.with(Words1.SETTINGS);
    for (Entity each : Words1.STATE.entities().toList()) {
      next = next.with(each);
    }
    return next;
  }

  private static void people(Store store) throws StoreException {
    Accounts accounts = store.access().accounts();
    accounts.begin("admin", hash(20), LATER);
    Account admin = accounts.accept(hash(20), false, "$argon2id$v=19$x", "192.0.2.1").orElseThrow();
    assertThat(accounts.open(admin, SESSION, LATER, "192.0.2.1")).isTrue();
    accounts.add("anna", Role.VIEWER, INVITATION, LATER, CAROL);
    SecondFactors factors = store.access().factors();
    factors.begin("admin", SEED);
    Maker.Person person = new Maker.Person("admin", SESSION);
    Seed seed = factors.of("admin").orElseThrow();
    assertThat(factors.confirm(person, seed, 7, List.of(hash(21), hash(22)), "192.0.2.1")).isTrue();
    store.access().tokens().add("graphs", Role.OPERATOR, CAROL, LATER, TOKEN);
    Intent program = new Intent(new Maker.Program("token graphs", TOKEN), "192.0.2.1", null);
    store.access().tokens().add("made", Role.VIEWER, program, LATER, MADE_TOKEN);
  }

  private static void nodes(Store store) throws StoreException {
    store.roster().invite(new NodeName("paris"), JOINED_TOKEN, LATER, CAROL);
    store.roster().join(JOINED_TOKEN, PARIS, "192.0.2.1");
    store.roster().open(PARIS, INSTANCE);
    store.roster().invite(new NodeName("gone"), hash(23), LATER, CAROL);
    store.roster().join(hash(23), GONE, "192.0.2.1");
    store.roster().remove("gone", CAROL);
    store.roster().invite(new NodeName("oslo"), OPEN_TOKEN, LATER, CAROL);
  }

  /** Also that what is there can be gone on with; so it is changed. */
  static void check(Store store) throws Exception {
    revisions(store);
    peopleAreThere(store);
    nodesAreThere(store);
    trafficIsThere(store);
    assertThat(store.repeats().begin(ANSWERED)).isEqualTo(ANSWER);
    assertThat(store.repeats().begin(CUT_OFF)).isInstanceOf(Claim.UnderWay.class);
    change(store, "goes on", state -> state.without(Entity.Kind.LIST, "offices"));
    assertThat(store.latest().lists()).hasSize(1);
  }

  private static void revisions(Store store) throws StoreException {
    assertThat(store.latest()).isEqualTo(Words1.STATE);
    assertThat(store.state(2).secrets()).containsExactly(Words1.ALICE_AT_FIRST);
    assertThat(store.state(6).secrets()).containsExactly(Words1.ALICE, Words1.BOB, Words1.MALLORY);
    assertThat(store.history(Long.MAX_VALUE, 9))
        .extracting(revision -> revision.edit().what())
        .startsWith("revoked secret mallory", "added secret mallory", "set the rest");
    assertThat(store.history(Long.MAX_VALUE, 1))
        .extracting(Revision::at, Revision::number)
        .containsExactly(tuple(Words1.NOON, 7L));
    assertThat(store.nextGenerations(List.of("alice", "bob", "mallory")))
        .isEqualTo(Map.of("alice", 3, "bob", 10, "mallory", 6));
    assertThat(store.audit().before(AuditEntry.Place.END, 99))
        .extracting(entry -> entry.deed() == null ? null : entry.deed().kind())
        .contains(
            Kind.ACCOUNT, Kind.TOKEN, Kind.NODE, Kind.SESSION, Kind.QUESTION, Kind.RULE, Kind.KEY);
    assertThat(store.authority().statesKey().getAlgorithm()).isEqualTo("EdDSA");
    assertThat(store.authority().certifyControl(Words1.NOON).chain()).hasSize(2);
  }

  private static void peopleAreThere(Store store) throws StoreException {
    Accounts accounts = store.access().accounts();
    assertThat(accounts.all())
        .containsExactly(
            new Account("admin", Role.ADMIN, Words1.NOON, "$argon2id$v=19$x", true, null),
            new Account("anna", Role.VIEWER, Words1.NOON, null, false, LATER));
    assertThat(accounts.session(SESSION)).map(Account::name).contains("admin");
    assertThat(accounts.invited(INVITATION)).map(Account::name).contains("anna");
    SecondFactors factors = store.access().factors();
    assertThat(factors.of("admin")).contains(new Seed(SEED, true, 7));
    assertThat(factors.recoveryLeft("admin")).isEqualTo(2);
    assertThat(store.access().tokens().all())
        .containsExactly(
            new ApiToken("graphs", Role.OPERATOR, Words1.NOON, "carol", LATER),
            new ApiToken("made", Role.VIEWER, Words1.NOON, "token graphs", LATER));
    assertThat(store.access().tokens().of(MADE_TOKEN)).map(ApiToken::name).contains("made");
  }

  private static void nodesAreThere(Store store) throws StoreException {
    assertThat(store.roster().all())
        .extracting(Member::id, Member::name, Member::joined)
        .containsExactly(tuple(1L, "paris", Words1.NOON));
    assertThat(store.roster().removedKeys()).containsExactly(GONE);
    assertThat(store.roster().standings().get(1L))
        .satisfies(standing -> assertThat(standing.instance()).isEqualTo(INSTANCE));
    assertThat(store.roster().join(OPEN_TOKEN, hash(24), "192.0.2.1"))
        .isInstanceOf(Admission.Admitted.class);
  }

  private static void trafficIsThere(Store store) throws StoreException {
    assertThat(store.traffic().totals(null))
        .containsExactly(
            new SecretTotal("alice", "node-1", new Moved(100, 200, 3), 1),
            new SecretTotal("bob", "node-1", new Moved(5, 7, 2), 0));
    assertThat(store.traffic().nodeTotals())
        .containsExactly(new NodeTotal("node-1", new Moved(105, 207, 5), 1));
    assertThat(store.traffic().periods("alice", TrafficPeriod.Unit.HOUR, LATER, 9))
        .containsExactly(new TrafficPeriod(Words1.NOON, "node-1", new Moved(100, 200, 3)));
    assertThat(store.traffic().used(Map.of("alice", Words1.ALICE.limits().bytes().keySet())))
        .isEqualTo(
            Map.of(
                "alice",
                Map.of(
                    Period.DAY, 300L, Period.WEEK, 300L, Period.MONTH, 300L, Period.TOTAL, 300L)));
    assertThat(store.traffic().newEpoch("node-1")).isEqualTo(2);
  }
}
