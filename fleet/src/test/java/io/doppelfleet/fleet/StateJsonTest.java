package io.doppelfleet.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateJsonTest {
  private static final String KEY = "00112233445566778899aabbccddeeff";

  @Provide
  Arbitrary<FleetState> states() {
    return States.any();
  }

  @Property(tries = 300)
  void aStateComesBackAsItWas(@ForAll("states") FleetState state) {
    assertThat(StateJson.read(StateJson.write(state))).isEqualTo(state);
  }

  @Property(tries = 300)
  void everyPartComesBackAsItWas(@ForAll("states") FleetState state) {
    state
        .entities()
        .forEach(
            each ->
                assertThat(StateJson.read(each.kind(), StateJson.FORMAT, StateJson.write(each)))
                    .isEqualTo(each));
  }

  @Property(tries = 100)
  void aStateHasOneTextInWhateverOrderItsPartsWereGiven(
      @ForAll("states") FleetState state, @ForAll long seed) {
    FleetState shuffled =
        new FleetState(
            state.revision(),
            shuffled(state.secrets(), seed),
            shuffled(state.bans(), seed),
            shuffled(state.lists(), seed),
            state.settings());
    assertThat(StateJson.write(shuffled)).isEqualTo(StateJson.write(state));
    assertThat(StateJson.checksum(shuffled)).isEqualTo(StateJson.checksum(state)).hasSize(32);
  }

  private static <T> List<T> shuffled(List<T> all, long seed) {
    List<T> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled;
  }

  @Property(tries = 50)
  void aTextThatIsCutIsAnErrorWhereverItIs(@ForAll("states") FleetState state) {
    byte[] all = StateJson.write(state);
    for (int length = 0; length < all.length; length += 1 + length / 50) {
      byte[] cut = Arrays.copyOf(all, length);
      assertThatExceptionOfType(InvalidValueException.class).isThrownBy(() -> StateJson.read(cut));
    }
  }

  @Property(tries = 500)
  void whateverIsReadIsAStateOrAnErrorThatShowsNoKey(
      @ForAll("states") FleetState state, @ForAll int place, @ForAll byte value) {
    byte[] spoilt = StateJson.write(state);
    spoilt[Math.floorMod(place, spoilt.length)] = value;
    try {
      StateJson.write(StateJson.read(spoilt));
    } catch (InvalidValueException e) {
      for (FleetSecret secret : state.secrets()) {
        for (KeyGeneration key : secret.keys()) {
          assertThat(e.getMessage())
              .doesNotContain(HexFormat.of().formatHex(key.secret().key(), 4, 12));
        }
      }
    }
  }

  /** A later version must read this. */
  @Test
  void format1IsReadAndWrittenAsWhenItWasNew() throws Exception {
    byte[] text;
    try (InputStream in = getClass().getResourceAsStream("state-1.json")) {
      text = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8).strip().getBytes(UTF_8);
    }
    FleetState state = StateJson.read(text);
    assertThat(state.revision()).isEqualTo(7);
    assertThat(state.secrets()).extracting(FleetSecret::name).containsExactly("alice", "bob");
    assertThat(state.secrets().getFirst().keys()).hasSize(2);
    assertThat(state.bans()).hasSize(2);
    assertThat(state.lists()).hasSize(2);
    assertThat(new String(StateJson.write(state), UTF_8)).isEqualTo(new String(text, UTF_8));
    assertThat(HexFormat.of().formatHex(StateJson.checksum(state)))
        .isEqualTo("1d5b4686d8016577166733dd6e20352b40a7c222218245d0ab675083f9f6bbc6");
  }

  @Test
  void aStateOfANewerFormatIsAClearErrorWhateverIsInIt() {
    assertThat(errorOf("{\"format\":2,\"secrets\":\"elsewhere\"}"))
        .isEqualTo("format is 2, of a newer version: this one reads 1");
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> StateJson.read(Entity.Kind.BAN, 2, new byte[0]))
        .withMessage("format is 2, of a newer version: this one reads 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "1", "{\"revision\":1}", "\u0000"})
  void garbageIsAnError(String text) {
    assertThat(errorOf(text)).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"revision\":1|\"revision\":0|revision is 0: 1 or more would be right",
        "\"revision\":1|\"revision\":\"1\"|revision is not a whole number",
        "\"revision\":1|\"revision\":1.5|revision is not a whole number",
        "\"revision\":1,|\"revision\":99999999999999999999,|revision is too great: 2^63 - 1 is the greatest number",
        "\"revision\":1,|``|revision is missing",
        "\"revision\":1,|\"revision\":1,\"more\":2,|more is no field of this format",
        "\"bans\":[]|\"bans\":{}|bans is not a list",
        "\"bans\":[]|\"bans\":[7]|bans.0 is not an object",
        "\"bans\":[]|\"bans\":[{\"prefix\":\"1.2.3.4\",\"reason\":\"r\",\"author\":\"a\"},7]|bans.1 is not an object",
        "\"revision\":1,|\"revision\":1,\"a\\u000ab\":2,|a\ufffdb is no field of this format",
        "\"name\":\"alice\"|\"name\":\"a\\u000ab\"|secrets.a\ufffdb.name is \"a\ufffdb\": 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter or digit would be right",
        "\"name\":\"alice\"|\"name\":\"a b\"|secrets.a b.name is \"a b\": 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter or digit would be right",
        "\"name\":\"alice\",|``|secrets.0.name is missing",
        "\"www.example.org\"|\"www..org\"|secrets.alice.keys.1 is not right: the host name has an empty label or one of more than 63 bytes",
        "\"generation\":1|\"generation\":0|secrets.alice.keys.0.generation is 0: 1 to 2147483647 would be right",
        "\"generation\":1|\"generation\":3000000000|secrets.alice.keys.0.generation is 3000000000: -2^31 to 2^31 - 1 would be right",
        "ccddeeff\"|ccddee\"|secrets.alice.keys.1 is not right: the key has 15 bytes where 16 are right",
        "ccddeeff\"|ccddeefg\"|secrets.alice.keys.0.key is no hex: 32 digits would be right",
        "12:00:00Z|12:00:00.5Z|secrets.alice.keys.1.from is 2026-11-28T12:00:00.500Z: whole seconds from 1970 to 9999 would be right",
        "2026-11-28T12|28.11.2026 12|secrets.alice.keys.0.from is \"28.11.2026 12:00:00Z\": a time like 2026-11-25T07:25:18Z would be right",
        "\"limits\":{}|\"limits\":{\"connections\":0}|secrets.alice.limits.connections is 0: 1 to 1000000 would be right",
        "\"limits\":{}|\"limits\":{\"conections\":1}|secrets.alice.limits.conections is no field of this format",
        "\"limits\":{}|\"limits\":{\"rate\":1023}|secrets.alice.limits.rate is 1023: 1024 to 1099511627776 would be right",
        "\"limits\":{}|\"limits\":{\"bytes\":{\"year\":1}}|secrets.alice.limits.bytes.year is no field of this format",
        "\"limits\":{}|\"limits\":{\"bytes\":{\"day\":0}}|secrets.alice.limits.bytes.day is 0: 1 to 1152921504606846976 would be right",
        "\"limits\":{}|\"limits\":{\"addresses\":{\"count\":1}}|secrets.alice.limits.addresses.window is missing",
        "\"limits\":{}|\"limits\":{\"addresses\":{\"count\":1,\"window\":59}}|secrets.alice.limits.addresses.window is PT59S: whole seconds, 60 to 2678400 of them, would be right",
        "\"labels\":[]|\"labels\":[\"eu\",\"eu\"]|secrets.alice.labels has \"eu\" twice: once would be right",
        "\"labels\":[]|\"labels\":[7]|secrets.alice.labels.0 is not a text",
        "\"overlap\":0|\"overlap\":-1|settings.overlap is PT-1S: whole seconds, 0 to 31536000 of them, would be right",
        "\"bans\":[]|\"bans\":[{\"prefix\":\"1.2.3.4/7\",\"reason\":\"r\",\"author\":\"a\"}]|bans.1.2.3.4/7.prefix is \"1.2.3.4/7\": its address is 1.2.3.4, which has bits beyond /7: 0.0.0.0 would be right",
        "\"bans\":[]|\"bans\":[{\"prefix\":\"0.0.0.0/0\",\"reason\":\"r\",\"author\":\"a\"}]|bans.0.0.0.0/0.prefix is 0.0.0.0/0: a range of /8 or longer would be right",
        "\"bans\":[]|\"bans\":[{\"prefix\":\"1.2.3.4\",\"reason\":\" \",\"author\":\"a\"}]|bans.1.2.3.4.reason is \" \": one line of 1 to 200 characters, not all of them blank, would be right",
        "\"lists\":[]|\"lists\":[{\"name\":\"l\",\"use\":\"deny\",\"prefixes\":[]}]|lists.l.use is \"deny\": allow or refuse would be right",
        "\"lists\":[]|\"lists\":[{\"name\":\"l\",\"use\":\"allow\",\"prefixes\":[]}]|lists.l.prefixes' count is 0: 1 to 10000 would be right",
      })
  void anErrorNamesTheEntityTheFieldTheValueAndWhatWouldBeRight(
      String right, String wrong, String error) {
    String good =
        "{\"format\":1,\"revision\":1,\"secrets\":[{\"name\":\"alice\",\"host\":\"www.example.org\","
            + "\"keys\":[{\"generation\":1,\"key\":\""
            + KEY
            + "\",\"from\":\"2026-11-28T12:00:00Z\"}],\"limits\":{},\"labels\":[]}],\"bans\":[],"
            + "\"lists\":[],\"settings\":{\"limits\":{},\"overlap\":0}}";
    assertThat(StateJson.read(good.getBytes(UTF_8)).secrets()).hasSize(1);
    assertThat(good).contains(right);
    int at = good.indexOf(right);
    String text = good.substring(0, at) + wrong + good.substring(at + right.length());
    assertThat(errorOf(text)).isEqualTo(error);
  }

  @Test
  void anErrorIsNoLongerThanIsOfUseWhateverAFieldIsCalled() {
    assertThat(errorOf("{\"format\":1,\"" + "a".repeat(4000) + "\":2}"))
        .isEqualTo("a".repeat(80) + "… is no field of this format");
  }

  @Test
  void aFieldThatIsThereTwiceIsAnError() {
    assertThat(errorOf("{\"format\":1,\"revision\":1,\"revision\":2}"))
        .isEqualTo("it is no JSON, or cut, or has a field twice: see byte 35");
  }

  @Test
  void whatFollowsAStateIsAnError() {
    byte[] state = StateJson.write(FleetState.of(1, List.of()));
    assertThat(errorOf(new String(state, UTF_8) + "{}"))
        .isEqualTo("it goes on after its end: one value would be right");
  }

  private static String errorOf(String text) {
    var error =
        catchThrowableOfType(
            InvalidValueException.class, () -> StateJson.read(text.getBytes(UTF_8)));
    assertThat(error).as("the error for %s", text).isNotNull();
    return String.valueOf(error.getMessage());
  }
}
