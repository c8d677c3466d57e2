package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Examples.ban;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.control.authority.Authority;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.NodeName;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.TrafficReport;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who becomes a node, who is one, and who is no more. */
@ParameterizedClass
@EnumSource(Engine.class)
@Timeout(120)
final class RosterTest extends OnEachEngine {
  private static final NodeName PARIS = new NodeName("paris");
  private static final Instant LATER = Instant.parse("2999-01-01T00:00:00Z");
  private static final String HASH = "aa".repeat(32);
  private static final String KEY = "bb".repeat(32);
  private static final String INSTANCE = "ab".repeat(16);

  private static final Intent CAROL = new Intent(new Maker.Owner("carol"), "unix", null);

  RosterTest(Engine engine) {
    super(engine);
  }

  @Test
  void aTokenMakesOneNodeOnce() throws Exception {
    Roster roster = store.roster();
    assertThat(roster.invite(PARIS, HASH, LATER, CAROL)).isPresent();
    Member member = joined(HASH, KEY);
    assertThat(member.name()).isEqualTo("paris");
    assertThat(member.id()).isEqualTo(1);
    assertThat(why(roster.join(HASH, "cc".repeat(32), "192.0.2.1")))
        .startsWith("the token was used already");
    assertThat(roster.invite(PARIS, "dd".repeat(32), LATER, CAROL)).isEmpty();
    assertThat(roster.all()).containsExactly(member);
    reopen();
    assertThat(store.roster().all()).containsExactly(member);
  }

  private Member joined(String hash, String key) throws StoreException {
    return ((Admission.Admitted) store.roster().join(hash, key, "192.0.2.1")).member();
  }

  private static String why(Admission admission) {
    return ((Admission.Refused) admission).why();
  }

  @Test
  void ofTwoWhoBringOneTokenAtOnceOneBecomesANode() throws Exception {
    store.roster().invite(PARIS, HASH, LATER, CAROL);
    try (Store other = other()) {
      List<Admission> both =
          together(
              () -> store.roster().join(HASH, KEY, "192.0.2.1"),
              () -> other.roster().join(HASH, "cc".repeat(32), "192.0.2.1"));
      assertThat(both).filteredOn(Admission.Admitted.class::isInstance).hasSize(1);
      assertThat(other.roster().all()).hasSize(1);
    }
    store = place.open(); // on H2 it was the same one
  }

  @Test
  void aTokenThatHasEndedOrWasReplacedOrIsAnothersIsRefused() throws Exception {
    Roster roster = store.roster();
    Instant past = Instant.now().minusSeconds(1).truncatedTo(ChronoUnit.SECONDS);
    roster.invite(PARIS, HASH, past, CAROL);
    assertThat(why(roster.join(HASH, KEY, "192.0.2.1")))
        .isEqualTo("the token ended at " + past + ": ask for a new one");
    roster.invite(PARIS, "dd".repeat(32), LATER, CAROL);
    assertThat(why(roster.join(HASH, KEY, "192.0.2.1")))
        .startsWith("the token is not of this fleet");
    assertThat(roster.all()).isEmpty();
    joined("dd".repeat(32), KEY);
  }

  @Test
  void eachLinkHasAGreaterEpochAlsoAfterARestart() throws Exception {
    store.roster().invite(PARIS, HASH, LATER, CAROL);
    joined(HASH, KEY);
    assertThat(opened()).isEqualTo(1);
    assertThat(opened()).isEqualTo(2);
    reopen();
    assertThat(opened()).isEqualTo(3);
    assertThat(store.roster().standings())
        .containsExactly(Map.entry(1L, new Standing(3, INSTANCE, false)));
    assertThat(store.roster().all().getFirst().seen()).isNotNull();
    assertThat(why(store.roster().open("cc".repeat(32), INSTANCE)))
        .contains("is not in this control's");
  }

  @Test
  void anotherProcessIsKeptOutAsLongAsAnotherControlHasTheLinkOfTheFirst() throws Exception {
    Roster roster = store.roster();
    roster.invite(PARIS, HASH, LATER, CAROL);
    Member paris = joined(HASH, KEY);
    long epoch = opened();
    String other = "cd".repeat(16);
    if (engine == Engine.H2) { // which has one control, that knows its own links
      assertThat(roster.isShared()).isFalse();
      assertThat(roster.open(KEY, other)).isInstanceOf(Admission.Admitted.class);
      return;
    }
    assertThat(roster.isShared()).isTrue();
    assertThat(held(roster, other)).isEqualTo("paris");
    roster.seen(List.of(paris.id()));
    roster.left(paris.id(), epoch - 1); // a link before this one
    assertThat(held(roster, other)).isEqualTo("paris");
    assertThat(opened()).isEqualTo(epoch + 1); // the first moves about as it likes
    roster.left(paris.id(), epoch + 1);
    assertThat(roster.open(KEY, other)).isInstanceOf(Admission.Admitted.class);
    try (Store later =
        Store.open(
            place.url(),
            place.key(),
            Clock.offset(Clock.systemUTC(), Duration.ofSeconds(9)),
            new SecureRandom())) {
      assertThat(later.roster().open(KEY, INSTANCE)).isInstanceOf(Admission.Admitted.class);
    }
  }

  private static String held(Roster roster, String instance) throws StoreException {
    return ((Admission.Held) roster.open(KEY, instance)).member().name();
  }

  private long opened() throws StoreException {
    return ((Admission.Admitted) store.roster().open(KEY, INSTANCE)).epoch();
  }

  @Test
  void whoWasRemovedStaysOutAndItsNameIsFree() throws Exception {
    Roster roster = store.roster();
    roster.invite(PARIS, HASH, LATER, CAROL);
    joined(HASH, KEY);
    assertThat(opened()).isEqualTo(1);
    assertThat(roster.remove("paris", CAROL))
        .get()
        .extracting(removed -> removed.member().id())
        .isEqualTo(1L);
    assertThat(roster.remove("paris", CAROL)).isEmpty();
    assertThat(roster.open(KEY, INSTANCE)).isEqualTo(new Admission.Removed("paris"));
    assertThat(roster.standings()).containsExactly(Map.entry(1L, new Standing(1, INSTANCE, true)));
    roster.invite(PARIS, "dd".repeat(32), LATER, CAROL);
    assertThat(why(roster.join("dd".repeat(32), KEY, "192.0.2.1")))
        .contains("or one with this key");
    assertThat(joined("dd".repeat(32), "cc".repeat(32)).id()).isEqualTo(2);
  }

  @Test
  void whatARemovedNodeHeldOfLimitedBytesIsFree() throws Exception {
    store.roster().invite(PARIS, HASH, LATER, CAROL);
    joined(HASH, KEY);
    assertThat(granted("node-1")).isPositive();
    assertThat(granted("node")).isZero();
    store.roster().remove("paris", CAROL);
    assertThat(granted("node")).isPositive();
    assertThat(store.roster().names()).containsExactly(Map.entry("node-1", "paris"));
  }

  @Test
  void whatTheNodeBesideAControlThatIsGoneHeldIsFreeAndNothingIsDividedByItAnyMore()
      throws Exception {
    assertThat(granted("node.2")).isPositive();
    assertThat(granted("node")).isZero();
    assertThat(store.roster().removeBeside("node.2", CAROL)).isPresent();
    assertThat(granted("node")).isPositive();
    assertThat(store.roster().removeBeside("node.2", CAROL)).isEmpty();
    assertThat(store.roster().removeBeside("node.3", CAROL)).isEmpty();
    long free = 1L << 30;
    assertThat(granted("node", "bob", free)).isEqualTo(free / 2); // it is alone
    assertThat(granted("node.2", "bob", free)).isEqualTo(free / 2 / 4); // it is back, of two
  }

  @Test
  void aNodeThatWasRemovedAndServesIsToBeginAnotherEpochBeforeItIsGrantedMore() throws Exception {
    granted("node.2");
    store.roster().removeBeside("node.2", CAROL);
    List<TrafficReport.Count> counts = List.of(new TrafficReport.Count("alice", 1, 5, 5, 1, 1));
    TrafficReport asking =
        new TrafficReport(
            new Stamp("node.2", 1, 2), counts, List.of(new TrafficReport.Budget("alice", 0, true)));
    assertThat(store.traffic().add(asking, Map.of())).isPresent(); // perhaps it is only late
    assertThat(store.traffic().add(asking, Map.of())).isEmpty(); // it waits for more
    assertThat(granted("node.2")).isPositive();
  }

  /** Of a limit that is one node's first part. */
  private long granted(String node) throws StoreException {
    return granted(node, "alice", 1L << 20);
  }

  private long granted(String node, String secret, long limit) throws StoreException {
    Traffic traffic = store.traffic();
    TrafficReport report =
        new TrafficReport(
            new Stamp(node, traffic.newEpoch(node), 1),
            List.of(new TrafficReport.Count(secret, 1, 0, 0, 1, 1)),
            List.of(new TrafficReport.Budget(secret, 0, true)));
    Map<Limits.Period, Long> limits = Map.of(Limits.Period.TOTAL, limit);
    return traffic.add(report, Map.of(secret, limits)).orElseThrow().getFirst().bytes();
  }

  @Test
  void theFleetsOwnKeysStayTheSameUnderANewFleetKeyAndAreNotToBeRead() throws Exception {
    Authority before = store.authority();
    add(ban(1));
    store.rotateKey(EDIT);
    reopen();
    assertThat(store.authority().nodes()).isEqualTo(before.nodes());
    assertThat(store.authority().states()).isEqualTo(before.states());
    store.close();
    try (var connection = place.connection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT sealed FROM authority WHERE name = 'nodes'")) {
      assertThat(rows.next()).isTrue();
      assertThat(new String(rows.getBytes(1), StandardCharsets.ISO_8859_1))
          .doesNotContain(
              new String(before.nodes().secret().bytes(), 8, 40, StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void aStoreOfBeforeGetsItsKeys() throws Exception {
    store.close();
    execute("DELETE FROM authority");
    store = place.open();
    Authority made = store.authority();
    reopen();
    assertThat(store.authority().states()).isEqualTo(made.states());
  }
}
