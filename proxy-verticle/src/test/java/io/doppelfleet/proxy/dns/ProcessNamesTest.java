package io.doppelfleet.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is asked for which names. */
final class ProcessNamesTest {
  private static final InetAddress OF_SYSTEM = InetAddress.ofLiteral("127.0.0.99");

  /** "localhost" has no dot, and the hosts file has it. */
  @ParameterizedTest
  @CsvSource({
    "192.0.2.53, router",
    "192.0.2.53, Router",
    "192.0.2.54, localhost",
    "127.0.0.99, neighbour",
    "127.0.0.99, site.localhost",
  })
  void theNameOfAServerIsWhereThatIsAsked(String address, String host) throws Exception {
    Names names =
        new Names(
            List.of(
                NameServer.parse("https://192.0.2.53#router"),
                NameServer.parse("https://192.0.2.54#localhost")),
            ProcessNamesTest::trust,
            System::nanoTime);
    LookupPolicy any = LookupPolicy.of(LookupPolicy.IPV4 | LookupPolicy.IPV6);
    assertThat(ProcessNames.addresses(host, names, new OfSystem(), any))
        .extracting(InetAddress::getHostAddress)
        .containsExactly(address);
  }

  private static SSLContext trust() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class OfSystem implements InetAddressResolver {
    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) {
      return Stream.of(OF_SYSTEM);
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
      throw new UnknownHostException("nobody asks");
    }
  }
}
