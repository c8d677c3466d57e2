package io.doppelfleet.proxy.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.doppelfleet.fleet.mtproto.MalformedMessageException;
import io.doppelfleet.fleet.mtproto.TlReader;
import io.doppelfleet.fleet.mtproto.TlWriter;
import io.doppelfleet.proxy.datacenter.Datacenters;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a list of Telegram's data centres, and what isn't. */
final class PublishedListTest {
  private static final int CONFIG = 0xcc1a241e;
  private static final int FALSE = 0xbc799737;
  private static final int TRUE = 0x997275b5;
  private static final int IPV6 = 1;
  private static final int MEDIA = 2;
  private static final int CDN = 8;
  private static final int STATIC = 16;
  private static final int SECRET = 1 << 10;

  /** Its beginning, up to the number of addresses. */
  private static TlWriter head(int testMode, int expires, int count) {
    return new TlWriter()
        .int32(0)
        .int32(1000)
        .int32(expires)
        .int32(testMode)
        .int32(2)
        .int32(0x1cb5c415)
        .int32(count);
  }

  private static TlWriter option(TlWriter to, int flags, int number, String host, int port) {
    to.int32(0x18b7a10d).int32(flags).int32(number).string(host).int32(port);
    return (flags & SECRET) == 0 ? to : to.bytes(new byte[17]);
  }

  private static PublishedList read(TlWriter body) {
    return PublishedList.read(CONFIG, new TlReader(body.string("and so on").toByteArray()));
  }

  private static InetSocketAddress at(String host) {
    return new InetSocketAddress(host, 443);
  }

  private static TlWriter five(int testMode, int expires) {
    TlWriter body = head(testMode, expires, 5);
    for (int number = 1; number <= 5; number++) {
      option(body, 0, number, "192.0.2." + number, 443);
    }
    return body;
  }

  @Test
  void thoseForProxiesComeFirstAndThoseOfOtherProtocolsNot() {
    TlWriter body = head(FALSE, 2000, 11);
    for (int number = 1; number <= 5; number++) {
      option(body, 0, number, "192.0.2." + number, 443);
    }
    option(body, STATIC, 4, "192.0.2.40", 443);
    option(body, IPV6, 4, "2001:db8::4", 443);
    option(body, MEDIA, 4, "192.0.2.44", 443);
    option(body, CDN, 203, "192.0.2.203", 443);
    option(body, SECRET, 4, "192.0.2.45", 443);
    option(body, STATIC, 4, "192.0.2.4", 443);
    PublishedList list = read(body);
    assertThat(list.addresses().get(4))
        .containsExactly(at("192.0.2.40"), at("192.0.2.4"), at("2001:db8::4"));
    assertThat(list.addresses().get(-4)).containsExactly(at("192.0.2.44"));
    assertThat(list.addresses()).containsOnlyKeys(1, 2, 3, 4, 5, -4);
    assertThat(list.hasPrivate()).isFalse();
    assertThat(PublishedList.parse(list.written())).isEqualTo(list);
  }

  private static void isNone(TlWriter body) {
    assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> read(body));
  }

  @Test
  void whatIsNoneOfTelegramsIsRefused() {
    assertThat(read(five(FALSE, 2000)).addresses()).hasSize(5);
    isNone(five(TRUE, 2000));
    isNone(five(FALSE, 1000));
    isNone(head(FALSE, 2000, 0));
    isNone(head(FALSE, 2000, -1));
    isNone(head(FALSE, 2000, 1001));
    isNone(option(head(FALSE, 2000, 1), 0, 1, "telegram.org", 443));
    isNone(option(head(FALSE, 2000, 1), 0, 1, "192.0.2.1", 0));
    isNone(option(head(FALSE, 2000, 1), 0, 40_000, "192.0.2.1", 443));
    isNone(option(head(FALSE, 2000, 6), 0, 6, "192.0.2.1", 443));
    assertThatExceptionOfType(MalformedMessageException.class)
        .as("another object")
        .isThrownBy(() -> PublishedList.read(7, new TlReader(five(FALSE, 2000).toByteArray())));
  }

  @Test
  void anAddressOfAPrivateNetworkIsSeen() {
    for (String host :
        List.of(
            "127.0.0.1", "10.0.0.1", "100.64.0.1", "fe80::1", "fd00::1", "0.0.0.0", "224.0.0.1")) {
      TlWriter body = head(FALSE, 2000, 6);
      for (int number = 1; number <= 5; number++) {
        option(body, 0, number, "192.0.2." + number, 443);
      }
      assertThat(read(option(body, 0, 6, host, 443)).hasPrivate()).as(host).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "doppelfleet datacenters 2\n1 192.0.2.1:443",
        "doppelfleet datacenters 1\n",
        "doppelfleet datacenters 1\n1 192.0.2.1:443",
        "doppelfleet datacenters 1\n1 telegram.org:443",
        "doppelfleet datacenters 1\n0 192.0.2.1:443",
        "doppelfleet datacenters 1\nnonsense",
      })
  void whatWasKeptAndIsNoneIsLeftAlone(String text, @TempDir Path directory) throws Exception {
    assertThatIllegalArgumentException().isThrownBy(() -> PublishedList.parse(text));
    ListFile file = new ListFile(directory);
    assertThat(file.read()).as("nothing yet").isEmpty();
    Files.writeString(directory.resolve("datacenters"), text);
    assertThat(file.read()).isEmpty();
    PublishedList list = read(five(FALSE, 2000));
    file.write(list);
    assertThat(file.read()).contains(list);
  }

  @Test
  void whatIsOverriddenStaysAndBuiltInAddressesAreTheLast() {
    Datacenters datacenters = new Datacenters(Map.of(2, List.of(at("192.0.2.99"))));
    List<InetSocketAddress> before = datacenters.of(4);
    Map<Integer, List<InetSocketAddress>> list =
        Map.of(
            2, List.of(at("192.0.2.2")),
            -2, List.of(at("192.0.2.22")),
            4, List.of(at("192.0.2.4")),
            -4, List.of(at("192.0.2.44")));
    assertThat(datacenters.publish(list)).isTrue();
    assertThat(datacenters.publish(list)).as("the same").isFalse();
    assertThat(datacenters.of(2)).containsExactly(at("192.0.2.99"));
    assertThat(datacenters.of(-2)).containsExactly(at("192.0.2.99"));
    assertThat(datacenters.of(4)).first().isEqualTo(at("192.0.2.4"));
    assertThat(datacenters.of(4)).endsWith(before.toArray(new InetSocketAddress[0]));
    assertThat(datacenters.of(-4)).startsWith(at("192.0.2.44"), at("192.0.2.4"));
    assertThat(datacenters.of(1)).isEqualTo(new Datacenters(Map.of()).of(1));
  }

  @Test
  void whatTelegramTakesOffItsListIsGone() {
    Datacenters builtIn = new Datacenters(Map.of());
    Datacenters datacenters = new Datacenters(Map.of(-2, List.of(at("192.0.2.99"))));
    datacenters.publish(
        Map.of(
            2, List.of(at("192.0.2.2")),
            -2, List.of(at("192.0.2.22")),
            4, List.of(at("192.0.2.4")),
            -4, List.of(at("192.0.2.44")),
            6, List.of(at("192.0.2.6")),
            203, List.of(at("192.0.2.203"))));
    datacenters.publish(Map.of(2, List.of(at("192.0.2.2")), 4, List.of(at("192.0.2.4"))));
    assertThat(datacenters.of(-4)).as("the data centre's").isEqualTo(datacenters.of(4));
    assertThat(datacenters.of(6)).as("nobody knows it").isEqualTo(datacenters.of(2));
    assertThat(datacenters.of(203)).as("it is built in").isEqualTo(builtIn.of(203));
    assertThat(datacenters.of(-2)).as("it is overridden").containsExactly(at("192.0.2.99"));
  }

  @Test
  void anErrorSaysWhatIsWrong() {
    for (String text : List.of("CONNECTION_API_ID_INVALID", "a\nline", "X".repeat(65))) {
      TlWriter error = new TlWriter().int32(0x2144ca19).int32(400).string(text);
      assertThatExceptionOfType(MalformedMessageException.class)
          .isThrownBy(() -> Inquiry.result(new TlReader(error.toByteArray())))
          .withMessage(
              "it answers with the error 400" + (text.startsWith("CONNECTION") ? " " + text : ""));
    }
  }

  @Test
  void whoRefusesIsAskedEverLater() {
    Duration day = Duration.ofDays(1);
    assertThat(ListUpdater.pause(1, day)).isEqualTo(Duration.ofSeconds(1));
    assertThat(ListUpdater.pause(4, day)).isEqualTo(Duration.ofSeconds(1));
    assertThat(ListUpdater.pause(5, day)).isEqualTo(Duration.ofMinutes(10));
    assertThat(ListUpdater.pause(7, day)).isEqualTo(Duration.ofMinutes(40));
    assertThat(ListUpdater.pause(Integer.MAX_VALUE, day)).isEqualTo(day);
    assertThat(ListUpdater.pause(9, Duration.ofMinutes(10))).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void factorsOfAProductAreFoundAndOfAPrimeNot() {
    assertThat(Factors.of(new BigInteger("17ed48941a08f981", 16)))
        .isEqualTo(new Factors(new BigInteger("494c553b", 16), new BigInteger("53911073", 16)));
    for (BigInteger none : List.of(BigInteger.ONE.shiftLeft(63), new BigInteger("494c553b", 16))) {
      assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> Factors.of(none));
    }
  }

  @Test
  void telegramsKeyIsTheOneThatItsClientsHave() {
    assertThat(TelegramKey.TELEGRAM.fingerprint()).isEqualTo(0xd09d1d85de64fd85L);
  }
}
