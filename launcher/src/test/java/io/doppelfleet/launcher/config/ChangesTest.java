package io.doppelfleet.launcher.config;

import static io.doppelfleet.launcher.config.Written.ALICE;
import static io.doppelfleet.launcher.config.Written.file;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "proxy: {loops: 7}                                     | proxy.loops",
        "proxy: {listen: ['127.0.0.1:1']}                      | proxy.listen and proxy.proxy-protocol",
        "proxy: {limits: {idle: 7m}}                           | proxy.limits",
        "proxy: {shaping: off}                                 | proxy.shaping",
        "proxy: {public: {host: a.bc}}                         | proxy.public.host",
        "proxy: {cover: {host: a.bc, proxy-protocol: v1}}      | proxy.cover, proxy.cover.proxy-protocol",
        "proxy: {datacenters: {'2': '192.0.2.1:443'}}          | proxy.datacenters",
        "proxy: {outgoing: {prefer: ipv6}}                     | proxy.upstreams and proxy.outgoing",
        "state: /elsewhere                                     | state",
        "'metrics: {listen: \"127.0.0.1:9143\"}'               | metrics, health and log",
      })
  void eachKeyThatWaitsIsNamed(String written, String keys) throws Exception {
    Configuration running = file("secrets: {alice: " + ALICE + "}").configuration();
    Configuration changed = file(written, "secrets: {alice: " + ALICE + "}").configuration();
    assertThat(String.join(", ", Changes.forTheNextStart(running, changed))).isEqualTo(keys);
  }

  @Test
  void whatIsTheSameIsNoChange() throws Exception {
    String secrets = "secrets: {alice: " + ALICE + "}";
    assertThat(
            Changes.forTheNextStart(
                file(secrets).configuration(), file("role: all", secrets).configuration()))
        .isEmpty();
  }

  /** A part that is new in the configuration is one of those that wait, or is taken. */
  @Test
  void noKeyIsForgotten() {
    assertThat(Configuration.class.getRecordComponents())
        .extracting(RecordComponent::getName)
        .filteredOn(name -> !name.equals("secrets"))
        .allSatisfy(name -> assertThat(Changes.key(name)).isNotEmpty());
  }
}
