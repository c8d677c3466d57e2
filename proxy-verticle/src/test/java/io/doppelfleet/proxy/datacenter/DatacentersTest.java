package io.doppelfleet.proxy.datacenter;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses are tried for the number in a client's header. */
final class DatacentersTest {
  private static final List<InetSocketAddress> HERE =
      List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8443));
  private static final List<InetSocketAddress> THERE =
      List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9443));

  private final Datacenters builtIn = new Datacenters(Map.of());

  @ParameterizedTest
  @CsvSource({
    "1, 149.154.175.50 2001:b28:f23d:f001::a",
    "2, 149.154.167.51 2001:67c:4e8:f002::a 95.161.76.100",
    "3, 149.154.175.100 2001:b28:f23d:f003::a",
    "4, 149.154.167.91 2001:67c:4e8:f004::a",
    "5, 149.154.171.5 2001:b28:f23f:f005::a",
    "203, 91.105.192.100 2a0a:f280:203:a:5000::100"
  })
  void eachIsWhereClientsHaveItAndSoIsItsMediaCluster(int datacenter, String addresses) {
    List<InetSocketAddress> expected =
        Arrays.stream(addresses.split(" "))
            .map(address -> new InetSocketAddress(InetAddress.ofLiteral(address), 443))
            .toList();
    assertThat(builtIn.of(datacenter)).isEqualTo(expected);
    assertThat(builtIn.of(-datacenter)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 203})
  void eachHasAnAddressOfEitherKindAndTheOlderKindIsTriedFirst(int datacenter) {
    List<InetAddress> addresses =
        builtIn.of(datacenter).stream().map(InetSocketAddress::getAddress).toList();
    assertThat(addresses).doesNotContainNull().hasSizeGreaterThanOrEqualTo(2);
    assertThat(addresses.getFirst()).isInstanceOf(Inet4Address.class);
    assertThat(addresses.get(1)).isInstanceOf(Inet6Address.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 6, -6, 202, 10_002, Short.MAX_VALUE, Short.MIN_VALUE})
  void whoAsksForAnUnknownOneIsSentToTheSecond(int datacenter) {
    assertThat(builtIn.of(datacenter)).isEqualTo(builtIn.of(2)).isNotEmpty();
    assertThat(new Datacenters(Map.of(2, HERE)).of(datacenter)).isEqualTo(HERE);
  }

  @Test
  void anOverrideIsForItsMediaClusterTooUnlessThatHasItsOwn() {
    Datacenters one = new Datacenters(Map.of(4, HERE));
    assertThat(one.of(4)).isEqualTo(HERE);
    assertThat(one.of(-4)).isEqualTo(HERE);
    Datacenters both = new Datacenters(Map.of(4, HERE, -4, THERE));
    assertThat(both.of(4)).isEqualTo(HERE);
    assertThat(both.of(-4)).isEqualTo(THERE);
    Datacenters media = new Datacenters(Map.of(-4, THERE));
    assertThat(media.of(4)).isEqualTo(builtIn.of(4));
    assertThat(media.of(-4)).isEqualTo(THERE);
  }

  @Test
  void anOverrideLeavesTheOthersAsTheyAre() {
    Datacenters overridden = new Datacenters(Map.of(4, HERE));
    for (int other : new int[] {1, 2, 3, 5, 203}) {
      assertThat(overridden.of(other)).isEqualTo(builtIn.of(other));
    }
  }
}
