package io.doppelfleet.launcher.config;

import static io.doppelfleet.launcher.config.Written.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with how others are to see a process. */
class WatchingReaderTest {
  @Test
  void whatIsWrongIsSaid() {
    assertThat(
            file(
                    "metrics: {otlp: {url: 'grpc://127.0.0.1:4317', every: 2h}}",
                    "log: {format: xml}",
                    "health: {listen: here}")
                .mistakes())
        .containsExactly(
            "f:1: metrics.otlp.url: http://HOST:PORT/v1/metrics is right, or https, without a password"
                + " and without ?",
            "f:1: metrics.otlp.every: \"2h\": 1s to 1h is right",
            "f:2: log.format: \"xml\": text or json is right",
            "f:3: health.listen: \"here\" has no port: write HOST:PORT");
    assertThat(file("metrics: {otlp: {every: 5s}}").mistakes())
        .containsExactly("f:1: metrics.otlp.every: nothing is sent: add metrics.otlp.url");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user:hidden@192.0.2.1/v1/metrics",
        "https://192.0.2.1/v1/metrics?api-key=hidden",
        "https://192.0.2.1/v1/hid den"
      })
  void aCollectorsPasswordIsInNoMessage(String url) {
    assertThat(file("metrics: {otlp: {url: '" + url + "'}}").mistakes())
        .singleElement()
        .asString()
        .contains("without a password and without ?")
        .doesNotContain("hid");
  }

  @Test
  void metricsAndHealthHaveEachAPort() {
    assertThat(
            file("metrics: {listen: '127.0.0.1:9143'}", "health: {listen: '127.0.0.1:9143'}")
                .mistakes())
        .containsExactly("f:2: health.listen: is metrics.listen's too: give it a port of its own");
    assertThatCode(
            () ->
                file("metrics: {listen: '127.0.0.1:0'}", "health: {listen: '127.0.0.1:0'}")
                    .configuration())
        .doesNotThrowAnyException();
  }
}
