package io.doppelfleet.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Tokens in messages, and how long the messages' texts are. */
class HelloTokensTest {
  private static final Stamp WIDEST = new Stamp("a".repeat(64), Long.MAX_VALUE, Long.MAX_VALUE);

  @Provide
  Arbitrary<HelloTokens> any() {
    return tokens(2_000);
  }

  @Provide
  Arbitrary<HelloTokens> ofATick() {
    return tokens(SeenHellos.MOST);
  }

  private static Arbitrary<HelloTokens> tokens(int most) {
    return Arbitraries.longs()
        .between(0, (1L << 48) - 1)
        .array(long[].class)
        .ofMaxSize(most)
        .map(HelloTokens::of);
  }

  @Property(tries = 100)
  void messagesSayTheSameAfterTheirWayAsTextOfALengthThatTellsLittle(
      @ForAll("any") HelloTokens tokens) {
    for (FleetMessage sent :
        List.of(
            new HelloQuestion(WIDEST, HelloPart.END, tokens),
            new HelloAnswer(WIDEST, new HelloPart(tokens, HelloPart.END)))) {
      byte[] text = EvenLength.ofPart(sent);
      assertThat(MessageJson.read(text)).isEqualTo(sent);
      assertThat(text.length).isBetween(4_096, EvenLength.PART);
      assertThat(text.length % 4_096).isZero();
    }
  }

  @Property(tries = 200)
  void whatIsToldAtATickHasOneOfTwoLengths(@ForAll("ofATick") HelloTokens tokens) {
    for (FleetMessage sent :
        List.of(new SeenHellos(WIDEST, tokens), new KnownHellos(WIDEST, Long.MAX_VALUE, tokens))) {
      byte[] text = EvenLength.ofTick(sent);
      assertThat(MessageJson.read(text)).isEqualTo(sent);
      assertThat(text.length).isIn(EvenLength.SHORT, EvenLength.LONG);
    }
  }

  /** What a node's and a control's messages have in the end, after years. */
  @Property(tries = 50)
  void aDozenHellosAreOfTheLengthOfNone(@ForAll @IntRange(min = 0, max = 12) int count) {
    HelloTokens tokens = HelloTokens.of(LongStream.range(0, count).toArray());
    Stamp node = new Stamp("node-99999", 99_999, 9_999_999_999L);
    Stamp control = new Stamp("control", 9_999_999_999_999L, 9_999_999_999L);
    assertThat(EvenLength.ofTick(new SeenHellos(node, tokens))).hasSize(EvenLength.SHORT);
    assertThat(EvenLength.ofTick(new KnownHellos(control, 9_999_999_999L, tokens)))
        .hasSize(EvenLength.SHORT);
  }

  @Test
  void whatIsTooMuchForATickOrAPartIsAnError() {
    HelloTokens many = HelloTokens.of(new long[SeenHellos.MOST + 1]);
    assertThatThrownBy(() -> new SeenHellos(WIDEST, many))
        .isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> new KnownHellos(WIDEST, 1, many))
        .isInstanceOf(InvalidValueException.class);
    HelloQuestion part = new HelloQuestion(WIDEST, 0, HelloTokens.of(new long[200]));
    assertThatThrownBy(() -> EvenLength.ofTick(part)).isInstanceOf(IllegalArgumentException.class);
    HelloTokens more = HelloTokens.of(new long[HelloPart.MOST + 1]);
    assertThatThrownBy(() -> new HelloQuestion(WIDEST, 0, more))
        .isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> new HelloPart(more, HelloPart.END))
        .isInstanceOf(InvalidValueException.class);
  }

  @Test
  void thereAreNoMoreThanAreRememberedAndNoneIsLongerThanItsBytes() {
    assertThatThrownBy(() -> HelloTokens.of(new long[HelloTokens.MOST + 1]))
        .isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> HelloTokens.of(1L << 48)).isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> HelloTokens.of(-1)).isInstanceOf(InvalidValueException.class);
  }

  @Test
  void aPartWithAllThatItMayHaveIsOfTheGreatestLength() {
    HelloTokens all = HelloTokens.of(LongStream.range(0, HelloPart.MOST).toArray());
    HelloQuestion sent = new HelloQuestion(WIDEST, HelloPart.END, all);
    byte[] text = EvenLength.ofPart(sent);
    assertThat(text).hasSize(EvenLength.PART);
    assertThat(MessageJson.read(text)).isEqualTo(sent);
  }

  @Test
  void whatFollowsTheSpacesIsAnError() {
    byte[] text = EvenLength.ofTick(new SeenHellos(WIDEST, HelloTokens.NONE));
    String more = new String(text, UTF_8) + "{}";
    assertThatThrownBy(() -> MessageJson.read(more.getBytes(UTF_8)))
        .hasMessageContaining("goes on after its end");
  }
}
