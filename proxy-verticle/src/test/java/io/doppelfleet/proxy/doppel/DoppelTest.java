package io.doppelfleet.proxy.doppel;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloKind;
import io.doppelfleet.proxy.hello.HelloMould;
import io.doppelfleet.proxy.hello.KnownClients;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DoppelTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Doppel doppel =
      new Doppel(Profile.unknown(new HostPort("127.0.0.1", 443)), nanos::get);

  @Test
  void kindsThatSomebodyMadeUpGiveWayToLaterOnesAndTheKnownClientsNever() throws Exception {
    doppel.learner(doppel::learn);
    for (int i = 0; i < 14; i++) {
      doppel.met(hello(i));
    }
    doppel.met(hello(14));
    assertThat(kinds()).as("not at once").hasSize(16).doesNotContain(hello(14).kind());
    for (int i = 14; i < 40; i++) {
      nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
      doppel.met(hello(i));
      assertThat(kinds()).hasSize(16).endsWith(hello(i).kind());
      assertThat(kinds()).startsWith(KnownClients.tdlib().kind(), KnownClients.desktop().kind());
    }
    assertThat(kinds()).doesNotContain(hello(0).kind());
  }

  private List<HelloKind> kinds() {
    return doppel.kinds().stream().map(HelloMould::kind).toList();
  }

  /** Desktop's with another second suite. */
  private static ClientHello hello(int number) throws Exception {
    byte[] hello = KnownClients.desktop().fresh("cover.example", new SecureRandom());
    hello[5 + 4 + 2 + 32 + 1 + 32 + 2 + 5] = (byte) (0x40 + number);
    return new ClientHello(hello);
  }
}
