package io.doppelfleet.launcher.oddity;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class OddityTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration TOLERANCE = Duration.ofMinutes(2);

  @Test
  void eachConnectionNeedsTwoOpenFilesAndSomeAreForTheProcess() {
    assertThat(OpenFiles.tooFewFor(353, 2, 1000, 0)).isEmpty();
    assertThat(OpenFiles.tooFewFor(354, 2, 1000, 0))
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .startsWith("1000 open files are allowed, 354 connections need 1002: 353 are")
                    .endsWith("set proxy.limits.connections to 353"));
  }

  @Test
  void theLimitIsThisProcesssOwn() {
    OpenFiles.Others none = new OpenFiles.Others(false, false, false);
    assertThat(OpenFiles.tooFewFor(1, 1, none)).isEmpty();
    assertThat(OpenFiles.served(1, 1, none)).isEqualTo(1);
    OpenFiles.Others all = new OpenFiles.Others(true, true, true);
    assertThat(OpenFiles.tooFewFor(1_000_000_000, 1, all)).isPresent();
    assertThat(OpenFiles.served(Integer.MAX_VALUE, 1, all))
        .isLessThan(OpenFiles.served(Integer.MAX_VALUE, 1, none));
  }

  @Test
  void theNamesOfTheNodesOwnSiteLeadHereOrToWhatLinksSay() {
    assertThat(SiteName.leadsElsewhere("localhost", null)).isEmpty();
    assertThat(SiteName.leadsElsewhere("192.0.2.1", "192.0.2.1")).isEmpty();
    assertThat(SiteName.leadsElsewhere("192.0.2.1", null))
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .startsWith("the site's name 192.0.2.1 leads to 192.0.2.1, not here: "));
    assertThat(SiteName.leadsElsewhere("192.0.2.1", "198.51.100.1")).isPresent();
    assertThat(SiteName.leadsElsewhere("site.invalid", null))
        .hasValueSatisfying(text -> assertThat(text).contains("site.invalid has no address"));
  }

  @Test
  void theSiteHasOpenFilesOfItsOwn() {
    assertThat(OpenFiles.tooFewFor(353, 2, 1000, 100)).isPresent();
    assertThat(OpenFiles.tooFewFor(303, 2, 1000, 100)).isEmpty();
  }

  @Test
  void soHasAControlWhoeverAsksIt() {
    assertThat(new OpenFiles.Others(false, true, false).of(1024)).isEqualTo(64);
    assertThat(new OpenFiles.Others(false, true, true).of(1024)).isEqualTo(64 + 128);
    assertThat(new OpenFiles.Others(false, true, false).of(1_048_576)).isEqualTo(512);
    assertThat(new OpenFiles.Others(true, true, true).of(1024)).isEqualTo(102 + 64 + 128);
  }

  @Test
  void aCoverThatNobodyListensOnIsUnreachable() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThat(probe(new HostPort("127.0.0.1", port), List.of()))
        .singleElement()
        .asString()
        .startsWith("the cover 127.0.0.1:" + port + " can't be reached (");
  }

  @Test
  void aCoverWithoutAnAddressIsSaid() {
    assertThat(probe(new HostPort("cover.invalid", 443), List.of()))
        .containsExactly(
            "the cover's name cover.invalid has no address: strangers meet a closed door");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "0.0.0.0"})
  void aCoverOnThisMachineAndPortIsTheNodeItself(String host) {
    assertThat(probe(new HostPort(host, 8443), List.of(listener(443), listener(8443))))
        .singleElement()
        .asString()
        .contains("is this node itself");
  }

  @Test
  void aCoverOnAnotherPortOfThisMachineIsFine() throws Exception {
    try (ServerSocket cover = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var closing = new ClosingServer(cover)) {
      assertThat(closing.isRunning()).isTrue();
      HostPort address = new HostPort("127.0.0.1", cover.getLocalPort());
      assertThat(probe(address, List.of(listener(443)))).isEmpty();
      HostPort beside = new HostPort("192.0.2.1", address.port());
      assertThat(probe(address, List.of(beside))).as("the same port elsewhere").isEmpty();
      assertThat(
              CoverProbe.oddities(
                  address, "no_sni.invalid", List.of(), new byte[0], Clock.systemUTC(), TOLERANCE))
          .isEmpty();
    }
  }

  @Test
  void aClockIsWrongFromElevenSecondsOn() {
    assertThat(CoverProbe.clockOff(NOW, NOW.plusSeconds(10), TOLERANCE)).isEmpty();
    assertThat(CoverProbe.clockOff(NOW, NOW.minusSeconds(10), TOLERANCE)).isEmpty();
    assertThat(CoverProbe.clockOff(NOW, NOW.plusSeconds(11), TOLERANCE))
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .startsWith("this clock is 11 s ahead of the cover's")
                    .contains("refused from 120 s on"));
    assertThat(CoverProbe.clockOff(NOW, NOW.minusSeconds(500), TOLERANCE))
        .hasValueSatisfying(
            text -> assertThat(text).startsWith("this clock is 500 s behind the cover's"));
  }

  @Test
  void aPortInUseIsSaidWithTheWayToItsOwner() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HostPort address = new HostPort("127.0.0.1", taken.getLocalPort());
      assertThat(ListenProbe.refusal(address, "proxy.listen"))
          .hasValueSatisfying(
              text ->
                  assertThat(text)
                      .startsWith(address + " can't be listened on: the port is in use")
                      .contains("ss -ltnp sport = :" + address.port()));
    }
  }

  @Test
  void aFreePortIsNoOddity() {
    assertThat(ListenProbe.refusal(new HostPort("127.0.0.1", 0), "proxy.listen")).isEmpty();
  }

  @Test
  void anAddressOfAnotherMachineCannotBeListenedOn() {
    assertThat(ListenProbe.refusal(new HostPort("192.0.2.1", 0), "proxy.listen"))
        .hasValueSatisfying(
            text -> assertThat(text).contains("this machine doesn't have that address"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.0.1",
        "169.254.1.1",
        "::1",
        "fe80::1",
        "fd00::1"
      })
  void aPrivateAddressInALinkIsOdd(String host) {
    assertThat(PublicHost.unreachable(host)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"203.0.113.1", "2001:db8::1", "proxy.example.org"})
  void anAddressThatTheWorldMayReachIsNot(String host) {
    assertThat(PublicHost.unreachable(host)).isEmpty();
  }

  private static HostPort listener(int port) {
    return new HostPort("0.0.0.0", port);
  }

  private static List<String> probe(HostPort cover, List<HostPort> listening) {
    return CoverProbe.oddities(
        cover, "cover.invalid", listening, new byte[0], Clock.systemUTC(), TOLERANCE);
  }
}
