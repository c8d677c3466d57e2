package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Octets;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asked again with one key, as each engine remembers it. */
@ParameterizedClass
@EnumSource(Engine.class)
@Timeout(120)
final class RepeatsTest extends OnEachEngine {
  private static final Repeats.Key KEY =
      new Repeats.Key("aa".repeat(32), "bb".repeat(32), "cc".repeat(32));
  private static final Octets BODY =
      Octets.of("{\"token\":\"api1.x\"}".getBytes(StandardCharsets.UTF_8));
  private static final Claim.Answered ANSWER = new Claim.Answered(201, 7, BODY);

  RepeatsTest(Engine engine) {
    super(engine);
  }

  private Claim begin() throws StoreException {
    return store.repeats().begin(KEY);
  }

  /** As it is after some time. */
  private void later(Duration time) throws Exception {
    store.close();
    store =
        Store.open(
            place.url(), place.key(), Clock.offset(Clock.systemUTC(), time), new SecureRandom());
  }

  private void assertAnswered() throws StoreException {
    assertThat(begin()).isEqualTo(ANSWER);
  }

  @Test
  void ofTwoWhoAskAtOnceOneDoesItAndTheOtherIsToldSo() throws Exception {
    try (Store other = other()) {
      List<Claim> both = together(this::begin, () -> other.repeats().begin(KEY));
      assertThat(both).containsExactlyInAnyOrder(new Claim.First(), new Claim.UnderWay());
    }
    store = place.open(); // on H2 it was the same one
    store.repeats().end(KEY, ANSWER, Repeats.REMEMBERED);
    reopen();
    assertAnswered();
    assertThat(store.repeats().begin(new Repeats.Key(KEY.hash(), KEY.caller(), "dd".repeat(32))))
        .isEqualTo(new Claim.Other());
  }

  @Test
  void whatWasCutOffIsNeverDoneASecondTimeWithinADay() throws Exception {
    assertThat(begin()).isEqualTo(new Claim.First());
    later(Duration.ofMinutes(3));
    assertThat(begin()).isInstanceOf(Claim.Unknown.class);
    later(Duration.ofHours(25));
    assertThat(begin()).isEqualTo(new Claim.First());
  }

  @Test
  void aKeyIsFreeWhereNothingWasDone() throws Exception {
    assertThat(begin()).isEqualTo(new Claim.First());
    store.repeats().release(KEY);
    assertThat(begin()).isEqualTo(new Claim.First());
  }

  @Test
  void whatIsShownOnceIsKeptSealedForAShortTimeAndThenGone() throws Exception {
    assertThat(begin()).isEqualTo(new Claim.First());
    store.repeats().end(KEY, ANSWER, Duration.ofMinutes(10));
    store.close();
    assertThat(sealed()).isNotNull();
    assertThat(new String(sealed(), StandardCharsets.ISO_8859_1)).doesNotContain("api1");
    later(Duration.ofMinutes(9));
    assertAnswered();
    later(Duration.ofMinutes(11));
    assertThat(begin()).isInstanceOf(Claim.Forgotten.class);
    store.repeats().tidy();
    store.close();
    assertThat(sealed()).isNull();
    store = place.open();
  }

  private byte[] sealed() throws Exception {
    try (Connection connection = place.connection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT sealed FROM repeatable_call")) {
      assertThat(rows.next()).isTrue();
      return rows.getBytes(1);
    }
  }

  @Test
  void aNewFleetKeyLeavesNothingUnderTheOldOne() throws Exception {
    assertThat(begin()).isEqualTo(new Claim.First());
    store.repeats().end(KEY, ANSWER, Repeats.REMEMBERED);
    store.rotateKey(EDIT);
    assertThat(begin()).isInstanceOf(Claim.Forgotten.class);
  }

  @Test
  void oneCallerHasSoManyKeysADayAndNoMore() throws Exception {
    store.close();
    execute(
        "INSERT INTO repeatable_call (hash, caller, request, began_at)"
            + " SELECT CAST(n AS VARCHAR(64)), '"
            + KEY.caller()
            + "', 'x', CURRENT_TIMESTAMP FROM "
            + (engine == Engine.H2
                ? "(SELECT X AS n FROM SYSTEM_RANGE(1, 5000))"
                : "generate_series(1, 5000) AS n"));
    store = place.open();
    assertThat(begin()).isEqualTo(new Claim.Full(5_000));
    Repeats.Key others = new Repeats.Key("ee".repeat(32), "ff".repeat(32), KEY.request());
    assertThat(store.repeats().begin(others)).isEqualTo(new Claim.First());
  }
}
