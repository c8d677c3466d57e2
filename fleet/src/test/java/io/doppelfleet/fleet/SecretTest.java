package io.doppelfleet.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretTest {
  private static final String KEY = "00112233445566778899aabbccddeeff";
  private static final Pattern PERHAPS =
      Pattern.compile(
          "[0-9A-Fa-f]{24,}"
              + "|(?=[A-Za-z0-9+/_-]*[A-Z])(?=[A-Za-z0-9+/_-]*[a-z])(?=[A-Za-z0-9+/_-]*[0-9])"
              + "[A-Za-z0-9+/_-]{22,}");
  private static final String HOST_IN_HEX = hex("www.example.org");
  private static final String GOOD = "ee" + KEY + HOST_IN_HEX;

  @Provide
  Arbitrary<Secret> secrets() {
    Arbitrary<String> labels =
        Arbitraries.strings().withCharRange('a', 'z').numeric().ofMinLength(1).ofMaxLength(30);
    return Combinators.combine(
            Arbitraries.bytes().array(byte[].class).ofSize(Secret.KEY_LENGTH),
            labels.list().ofMinSize(1).ofMaxSize(5))
        .as((key, host) -> Secret.of(key, String.join(".", host)));
  }

  /** As it can be said in one pattern, which takes the square of a text's length. */
  @Property(tries = 2_000)
  void whereOneMayBeIsFoundInOnePass(@ForAll("runs") String text) {
    assertThat(Secret.isPerhapsIn(text)).isEqualTo(PERHAPS.matcher(text).find());
  }

  @Provide
  Arbitrary<String> runs() {
    Arbitrary<String> parts =
        Arbitraries.of("a", "Z", "7", "f", "/", ".", "abcdefabcdef", "ZZZZZZZZ", "gggggggg", "-_+");
    return parts.list().ofMinSize(1).ofMaxSize(12).map(all -> String.join("", all));
  }

  @Test
  void aLongTextIsNoWorkForMinutes() {
    assertThat(Secret.isPerhapsIn("z".repeat(1 << 22) + "Z")).isFalse();
    assertThat(Secret.isPerhapsIn("z".repeat(1 << 22) + "Z7")).isTrue();
  }

  @Property(tries = 300)
  void hexComesBackAsTheSameSecretInEitherCase(@ForAll("secrets") Secret secret) {
    assertThat(Secret.parse(secret.toHex())).isEqualTo(secret).hasSameHashCodeAs(secret);
    assertThat(Secret.parse(secret.toHex().toUpperCase(Locale.ROOT))).isEqualTo(secret);
  }

  @Property(tries = 300)
  void base64ComesBackAsTheSameSecretInEitherAlphabetWithOrWithoutPadding(
      @ForAll("secrets") Secret secret) {
    byte[] bytes = HexFormat.of().parseHex(secret.toHex());
    assertThat(Secret.parse(secret.toBase64())).isEqualTo(secret);
    assertThat(Secret.parse(Base64.getUrlEncoder().encodeToString(bytes))).isEqualTo(secret);
    assertThat(Secret.parse(Base64.getEncoder().encodeToString(bytes))).isEqualTo(secret);
  }

  @Property(tries = 500)
  void noErrorRepeatsWhatWasSecret(
      @ForAll("secrets") Secret secret,
      @ForAll @IntRange(min = 0, max = 400) int place,
      @ForAll char other) {
    String text = secret.toHex();
    int at = place % text.length();
    String broken = text.substring(0, at) + other + text.substring(at + 1);
    try {
      Secret.parse(broken);
    } catch (SecretFormatException e) {
      assertThat(String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT))
          .doesNotContain(HexFormat.of().formatHex(secret.key()).substring(0, 16))
          .doesNotContain(HexFormat.of().formatHex(secret.key()).substring(16));
    }
  }

  @Test
  void takesTheKeyAndTheHostApart() {
    Secret secret = Secret.parse(GOOD);
    assertThat(secret.key()).isEqualTo(HexFormat.of().parseHex(KEY));
    assertThat(secret.host()).isEqualTo("www.example.org");
  }

  @Test
  void hostNamesAreComparedInLowerCase() {
    assertThat(Secret.parse("ee" + KEY + hex("WWW.Example.ORG"))).isEqualTo(Secret.parse(GOOD));
  }

  @Test
  void nobodyCanChangeAKeyFromOutside() {
    byte[] key = new byte[Secret.KEY_LENGTH];
    Secret secret = Secret.of(key, "example.org");
    Arrays.fill(key, (byte) 1);
    Arrays.fill(secret.key(), (byte) 2);
    assertThat(secret.key()).containsOnly(0);
  }

  @Test
  void neverShowsItsKeyAsText() {
    assertThat(Secret.parse(GOOD).toString()).isEqualTo("Secret[host=www.example.org]");
  }

  @Test
  void refusesTheOlderModesAndNamesTheRightOne() {
    assertThat(errorOf("dd" + KEY)).startsWith("dd secrets").contains("begins with ee");
    assertThat(errorOf(KEY)).contains("without a mode").contains("begins with ee");
    assertThat(errorOf(base64("dd" + KEY))).startsWith("dd secrets");
    assertThat(errorOf(base64(KEY))).contains("without a mode");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|the secret is empty",
        "ee001|hex has an even number of digits, this has 5",
        "ee00112233445566778899aabbccddeefg65|character 34 is no hex digit",
        "ee00 11|character 5 is no hex digit",
        "ff00112233445566778899aabbccddeeff65|byte 1 is ff where ee is right",
        "ee0011|it ends after 3 bytes: ee, 16 key bytes and a host name are right",
        "ee00112233445566778899aabbccddeeff|the host name is missing after ee and the 16 key bytes",
        "7gARIj*N|character 7 belongs neither to hex nor to URL-safe base64",
        "7gARI|base64 can't have 5 characters: it was cut",
        "7gAR===|base64 ends with two = at most",
        "ee00112233445566778899aabbccddeeff6120|byte 2 of the host name is 20: letters, digits, - _"
            + " and . are right",
        "ee00112233445566778899aabbccddeeffc3a9|byte 1 of the host name is c3: letters, digits, - _"
            + " and . are right",
        "ee00112233445566778899aabbccddeeff612e2e62|the host name has an empty label or one of more"
            + " than 63 bytes",
        "ee00112233445566778899aabbccddeeff612e|the host name has an empty label or one of more"
            + " than 63 bytes",
      })
  void saysWhatIsWrongWhere(String text, String error) {
    assertThat(errorOf(text)).isEqualTo(error);
  }

  @Test
  void refusesHostNamesThatClientsRefuse() {
    String label = "a".repeat(60) + ".";
    String longest = label + label + label.substring(0, 60);
    assertThat(longest).hasSize(Secret.MAX_HOST_LENGTH);
    assertThat(Secret.parse("ee" + KEY + hex(longest)).host()).isEqualTo(longest);
    assertThat(errorOf("ee" + KEY + hex(longest + "a")))
        .isEqualTo("the host name has 183 bytes: 1 to 182 are right");
    assertThat(errorOf("ee" + KEY + hex("a".repeat(64)))).contains("more than 63 bytes");
  }

  @Test
  void refusesAKeyOfAnotherLength() {
    var error =
        catchThrowableOfType(
            SecretFormatException.class, () -> Secret.of(new byte[15], "example.org"));
    assertThat(error).hasMessage("the key has 15 bytes where 16 are right");
  }

  private static String errorOf(String text) {
    var error = catchThrowableOfType(SecretFormatException.class, () -> Secret.parse(text));
    assertThat(error).as("the error for \"%s\"", text).isNotNull();
    return String.valueOf(error.getMessage());
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String base64(String hex) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(HexFormat.of().parseHex(hex));
  }
}
