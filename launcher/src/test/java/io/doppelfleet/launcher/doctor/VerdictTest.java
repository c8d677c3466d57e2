package io.doppelfleet.launcher.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.hello.KnownClients;
import io.doppelfleet.proxy.scout.Diagnosis;
import io.doppelfleet.proxy.scout.Findings;
import io.doppelfleet.proxy.scout.Seen;
import io.doppelfleet.proxy.scout.Sighting;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {
  private static final Seen ONE_RECORD =
      new Seen.Flight(0x1301, 0x1d, List.of(51, 43), List.of(900));
  private static final Seen FOUR_RECORDS =
      new Seen.Flight(0x1301, 0x1d, List.of(51, 43), List.of(36, 441, 96, 53));

  @Test
  void aNearSiteWithOneRecordOnThisMachineIsGood() {
    Verdict verdict = verdict(ONE_RECORD, 900, Neighbourhood.THIS_MACHINE);
    assertThat(verdict.usable()).isTrue();
    assertThat(verdict.remarks()).isEmpty();
    assertThat(verdict.text()).isEqualTo("a good cover");
  }

  @Test
  void whatACensorCouldTellIsRemarked() {
    assertThat(verdict(FOUR_RECORDS, 900, Neighbourhood.SAME_NETWORK).remarks())
        .singleElement()
        .asString()
        .contains("4 encrypted records");
    assertThat(verdict(ONE_RECORD, 51_000, Neighbourhood.SAME_NETWORK).remarks())
        .singleElement()
        .asString()
        .startsWith("is 51 ms away");
    assertThat(verdict(ONE_RECORD, 900, Neighbourhood.ELSEWHERE).remarks())
        .singleElement()
        .asString()
        .contains("isn't this machine's");
  }

  @Test
  void aSiteThatNoClientCanSpeakToIsNotUsableAndOnlyThatIsSaid() {
    Verdict verdict = verdict(new Seen.Retry(0x18), 900, Neighbourhood.ELSEWHERE);
    assertThat(verdict.usable()).isFalse();
    assertThat(verdict.text()).isEqualTo("not usable");
    assertThat(verdict.remarks()).singleElement().asString().contains("secp384r1");
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.200, 24, true",
    "192.0.2.1, 192.0.2.200, 25, false",
    "192.0.2.1, 192.0.3.1, 23, true",
    "192.0.2.1, 192.0.2.1, 32, true",
    "192.0.2.1, 192.0.2.2, 0, false",
    "2001:db8::1, 2001:db8::ffff, 64, true",
    "2001:db8::1, 2001:db9::1, 64, false",
    "2001:db8::1, 192.0.2.1, 24, false",
  })
  void anAddressIsInANetworkWhenItsFirstBitsAreTheNetworks(
      String own, String other, int bits, boolean same) {
    assertThat(
            Neighbourhood.samePrefix(
                InetAddress.ofLiteral(own), InetAddress.ofLiteral(other), bits))
        .isEqualTo(same);
  }

  @Test
  void thisMachineIsKnown() {
    assertThat(Neighbourhood.of(InetAddress.ofLiteral("127.0.0.1")))
        .isEqualTo(Neighbourhood.THIS_MACHINE);
  }

  private static Verdict verdict(Seen seen, int connectMicros, Neighbourhood where) {
    Findings findings =
        new Findings(
            Instant.EPOCH,
            new InetSocketAddress("192.0.2.77", 443),
            "cover.example",
            Map.of(KnownClients.tdlib(), List.of(new Sighting(seen, connectMicros, 1_000))),
            null,
            null,
            false);
    return Verdict.of(findings, Diagnosis.of(findings), where);
  }
}
