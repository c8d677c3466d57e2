package io.doppelfleet.standin.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.HelloDigest;
import io.doppelfleet.proxy.hello.HelloKind;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CapturedHelloTest {
  private static final Secret SECRET =
      Secret.of(new byte[Secret.KEY_LENGTH], "a-rather-long-name.www.example.org");

  @Test
  void aCapturedHelloIsGoodForAnotherSecretAndStillOfItsKind() throws Exception {
    for (CapturedHello captured : CapturedHello.all()) {
      ClientHello again = captured.forSecret(SECRET, new SecureRandom());
      var read = new io.doppelfleet.proxy.hello.ClientHello(again.bytes());
      var before = new io.doppelfleet.proxy.hello.ClientHello(captured.bytes().clone());
      HelloDigest digest = new HelloDigest();
      digest.message(read.signedBytes());

      assertThat(digest.matches(SECRET.key(), read)).as(captured.name()).isTrue();
      assertThat(digest.time(read)).isBetween(now() - 60, now() + 60);
      assertThat(read.serverName()).isEqualTo(SECRET.host());
      assertThat(read.sessionId()).isNotEqualTo(before.sessionId());
      assertThat(HelloKind.of(read)).as(captured.name()).isEqualTo(HelloKind.of(before));
      if (captured.bytes().length == 517) {
        assertThat(again.bytes()).hasSize(517);
      }
    }
  }

  private static long now() {
    return Instant.now().getEpochSecond();
  }
}
