package io.doppelfleet.proxy.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.Danger;
import io.doppelfleet.fleet.address.PrefixSet;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What nobody means is refused until it is confirmed. */
final class GuardTest {
  private static final String MEANT = ": if that is meant, write confirm: [";

  private static Guard guard(PrefixList.Use use, Danger... confirmed) {
    return new Guard(
        new ListOptions(
            "a",
            use,
            new ListOptions.Place.Disk(Path.of("/a")),
            ListOptions.EVERY,
            Set.of(),
            Set.of(confirmed)));
  }

  private static PrefixSet set(String prefixes) {
    return PrefixSet.of(Arrays.stream(prefixes.split(" ")).map(Prefix::parse).toList());
  }

  private static void check(PrefixList.Use use, String prefixes, Danger... confirmed)
      throws BadListException {
    guard(use, confirmed).check(set(prefixes), PrefixSet.EMPTY);
  }

  private static void isRefused(
      PrefixList.Use use, String prefixes, String why, Danger... confirmed) {
    assertThatExceptionOfType(BadListException.class)
        .isThrownBy(() -> check(use, prefixes, confirmed))
        .withMessage(why + "] in proxy.lists.a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.0/8       | PRIVATE    | addresses of 10.0.0.0/8",
        "192.168.7.7      | PRIVATE    | addresses of 192.168.0.0/16",
        "fd00::/8         | PRIVATE    | addresses of fc00::/7",
        "224.0.0.0/4      | BOGON      | addresses of 224.0.0.0/3",
        "224.0.0.0/3      | BOGON      | addresses of 224.0.0.0/3",
        "2001:db8::7      | BOGON      | addresses of 2001:db8::/32",
        "4000::/2         | BOGON      | addresses of 4000::/2",
        "44.0.0.0/7       | EVERYTHING | all of 44.0.0.0/7",
        "72.0.0.0/5       | EVERYTHING | all of 72.0.0.0/5",
        "2400::/12        | EVERYTHING | all of 2400::/12",
        "2400::/6         | EVERYTHING | all of 2400::/6",
      })
  void whatADenyListMayNotHaveIsNamed(String prefixes, Danger danger, String what)
      throws Exception {
    isRefused(PrefixList.Use.REFUSE, prefixes, "it would refuse " + what + MEANT + danger.word());
    Danger[] all = danger == Danger.EVERYTHING ? Danger.values() : new Danger[] {danger};
    check(PrefixList.Use.REFUSE, prefixes, all);
  }

  @Test
  void halfIsOfWhatIsSomebodys() throws Exception {
    String most = // 106.75 of the 220.7 that are neither private nor bogon
        IntStream.range(1, 109)
            .filter(first -> first != 10)
            .mapToObj(first -> first + ".0.0.0/8")
            .collect(Collectors.joining(" "));
    check(PrefixList.Use.REFUSE, most, Danger.PRIVATE);
    isRefused(
        PrefixList.Use.REFUSE,
        most + " 109.0.0.0/8 110.0.0.0/8 111.0.0.0/8 112.0.0.0/8",
        "it would refuse half of all addresses or more" + MEANT + "everything, private",
        Danger.PRIVATE);
  }

  @Test
  void halfOfAllIsRefusedForAllThatItIs() {
    isRefused(
        PrefixList.Use.REFUSE,
        "0.0.0.0/1 128.0.0.0/1",
        "it would refuse half of all addresses or more and addresses of 10.0.0.0/8"
            + MEANT
            + "everything, private, bogon",
        Danger.BOGON);
    isRefused(
        PrefixList.Use.REFUSE,
        "2000::/4",
        "it would refuse half of all addresses or more and addresses of 2001:db8::/32"
            + MEANT
            + "everything, bogon");
  }

  /** As Team Cymru's list of what IANA gave to nobody begins. */
  @Test
  void whatNobodyHasIsNotEverything() throws Exception {
    check(
        PrefixList.Use.REFUSE,
        "100::/8 200::/7 400::/6 800::/5 1000::/4 4000::/2 8000::/2 c000::/3",
        Danger.BOGON);
    isRefused(
        PrefixList.Use.REFUSE,
        "4000::/2 8000::/1",
        "it would refuse addresses of fc00::/7" + MEANT + "private, bogon",
        Danger.BOGON);
    check(PrefixList.Use.REFUSE, "4000::/2 8000::/1", Danger.BOGON, Danger.PRIVATE);
  }

  @Test
  void anAllowListHasSomebodyWhoMayCome() throws Exception {
    String nobody = "no client comes from any of its addresses, so it would let nobody in";
    isRefused(PrefixList.Use.ALLOW, "10.0.0.0/8 fd00::/48", nobody + MEANT + "private");
    isRefused(PrefixList.Use.ALLOW, "10.0.0.0/8 240.0.0.0/8", nobody + MEANT + "private, bogon");
    isRefused(
        PrefixList.Use.ALLOW, "240.0.0.0/8", nobody + MEANT + "private, bogon", Danger.PRIVATE);
    check(PrefixList.Use.ALLOW, "10.0.0.0/8 240.0.0.0/8", Danger.PRIVATE);
    check(PrefixList.Use.ALLOW, "10.0.0.0/8 8.8.8.0/24");
    check(PrefixList.Use.ALLOW, "10.0.0.0/7");
    check(PrefixList.Use.ALLOW, "0.0.0.0/0");
  }

  @ParameterizedTest
  @CsvSource({"REFUSE", "ALLOW"})
  void aTenthOfWhatThereWasIsAPartOfAList(PrefixList.Use use) throws Exception {
    PrefixSet before =
        set(
            IntStream.range(0, 21)
                .mapToObj(i -> "8.8.8." + 2 * i)
                .collect(Collectors.joining(" ")));
    guard(use).check(set("8.8.8.1 8.8.8.3 8.8.8.5"), before);
    assertThatExceptionOfType(BadListException.class)
        .isThrownBy(() -> guard(use).check(set("8.8.8.1 8.8.8.3"), before))
        .withMessage("it has 2 prefixes, and had 21" + MEANT + "fewer] in proxy.lists.a");
    guard(use, Danger.FEWER).check(set("8.8.8.1 8.8.8.3"), before);
  }

  @Test
  void whatIsNobodysIsSaidOnce() {
    for (Danger danger : Danger.values()) {
      for (Prefix network : danger.networks()) {
        assertThat(
                Arrays.stream(Danger.values())
                    .flatMap(each -> each.networks().stream())
                    .filter(each -> PrefixSet.of(Set.of(each)).overlaps(network)))
            .as("which the shares are counted by")
            .containsExactly(network);
      }
    }
  }
}
