package io.doppelfleet.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixTest {
  @Provide
  Arbitrary<Prefix> prefixes() {
    return States.prefixes(0);
  }

  @Property(tries = 1000)
  void itsTextComesBackAsTheSameRange(@ForAll("prefixes") Prefix prefix) {
    assertThat(Prefix.parse(prefix.toString())).isEqualTo(prefix).hasToString(prefix.toString());
    assertThat(prefix.toString()).hasSizeLessThanOrEqualTo(64);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7/32",
    "192.0.2.0/24, 192.0.2.0/24",
    "0.0.0.0/0, 0.0.0.0/0",
    "::/0, ::/0",
    "::1, ::1/128",
    "2001:DB8:0:0:0:0:0:0/32, 2001:db8::/32",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1/128",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1/128",
    "0:0:1:0:0:1:2:3, ::1:0:0:1:2:3/128",
    "1:0:2:0:3:0:4:5, 1:0:2:0:3:0:4:5/128",
    "1:2:3:4:5:6::, 1:2:3:4:5:6::/128",
    "::ffff:192.0.2.7, 192.0.2.7/32",
  })
  void hasOneTextWhateverWasWritten(String written, String text) {
    assertThat(Prefix.parse(written)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10",
        "10.1",
        "10/8",
        "1.2.3",
        "1.2.3.4.5",
        "256.0.0.1",
        "example.org",
        "1.2.3.4/",
        "/8",
        "1.2.3.4/-1",
        "1.2.3.4/8/8",
        " 1.2.3.4",
        "[::1]",
        ":::",
        "fe80::1%lo",
        "1.2.3.4/1000",
        "::g"
      })
  void refusesWhatIsNoRange(String text) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> Prefix.parse(text))
        .withMessage(
            "prefix is \""
                + text
                + "\": a range like 192.0.2.0/24 or 2001:db8::/32 would be right");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.7/24|its address is 192.0.2.7, which has bits beyond /24: 192.0.2.0 would be right",
        "2001:db8::1/32|its address is 2001:db8::1, which has bits beyond /32: 2001:db8:: would be right",
        "1.2.3.4/33|its length is 33: 0 to 32 would be right",
        "::/129|its length is 129: 0 to 128 would be right",
      })
  void saysWhichRangeWouldBeRight(String text, String problem) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> Prefix.parse(text))
        .withMessage("prefix is \"" + text + "\": " + problem);
  }
}
