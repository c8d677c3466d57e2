package io.doppelfleet.launcher.config;

import static io.doppelfleet.launcher.config.Written.ALICE;
import static io.doppelfleet.launcher.config.Written.file;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
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
    assertThat(Changes.secretsToTake(running, changed)).isFalse();
  }

  @Test
  void whatIsTheSameIsNoChange() throws Exception {
    String secrets = "secrets: {alice: " + ALICE + "}";
    assertThat(
            Changes.forTheNextStart(
                file(secrets).configuration(), file("role: all", secrets).configuration()))
        .isEmpty();
  }

  /** A key that is new in the configuration has to be one of those that wait, or be taken. */
  @Test
  void noKeyIsForgotten() throws Exception {
    List<String> components =
        Arrays.stream(Configuration.class.getRecordComponents())
            .map(RecordComponent::getName)
            .filter(name -> !name.equals("secrets"))
            .toList();
    assertThat(Changes.waiting()).hasSameSizeAs(components);
  }
}
