package io.doppelfleet.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That a list has what it was given, though it holds it as numbers. */
final class PrefixListTest {
  private static List<Prefix> prefixes(String... texts) {
    return Arrays.stream(texts).map(Prefix::parse).toList();
  }

  @Test
  void eachPrefixComesOutAsItWentInInTheOrderOfTheTexts() {
    List<Prefix> sorted =
        prefixes(
            "0.0.0.0/0",
            "203.0.113.0/24",
            "255.255.255.255/32",
            "2a00:1450:4001:800::2003/128",
            "8000::/1",
            "::/0",
            "::1/128",
            "::fffe:0:0/95");
    PrefixList list = new PrefixList("a", PrefixList.Use.REFUSE, sorted.reversed());
    assertThat(list.prefixes()).isEqualTo(sorted).hasSameHashCodeAs(sorted);
    assertThat(sorted).isEqualTo(list.prefixes());
    assertThat(list.bytes()).isEqualTo(8 * 17);
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> list.prefixes().get(8));
  }

  @Test
  void listsAreEqualWhereTheirPrefixesAre() {
    PrefixList one = new PrefixList("a", PrefixList.Use.REFUSE, prefixes("8.8.8.0/24", "::/96"));
    assertThat(one)
        .isEqualTo(new PrefixList("a", PrefixList.Use.REFUSE, prefixes("::/96", "8.8.8.0/24")))
        .isNotEqualTo(new PrefixList("a", PrefixList.Use.REFUSE, prefixes("::/96", "8.8.8.0/25")))
        .isNotEqualTo(new PrefixList("a", PrefixList.Use.REFUSE, prefixes("8.8.8.0/24")))
        .isNotEqualTo(new PrefixList("a", PrefixList.Use.ALLOW, prefixes("8.8.8.0/24", "::/96")));
  }
}
