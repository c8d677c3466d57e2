package io.doppelfleet.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenersTest {
  @Test
  void anAddressOfMetricsThatStrangersReachIsOdd() {
    List<String> oddities = new ArrayList<>();
    Listeners.warnIfPublic(null, oddities);
    Listeners.warnIfPublic(new HostPort("127.0.0.1", 1), oddities);
    Listeners.warnIfPublic(new HostPort("::1", 1), oddities);
    Listeners.warnIfPublic(new HostPort("localhost", 1), oddities);
    assertThat(oddities).isEmpty();
    Listeners.warnIfPublic(new HostPort("0.0.0.0", 1), oddities);
    assertThat(oddities).hasSize(1);
  }
}
