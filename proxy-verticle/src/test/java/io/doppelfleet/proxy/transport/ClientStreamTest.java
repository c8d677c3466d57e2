package io.doppelfleet.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;

/** What a client opens is what a node reads. */
final class ClientStreamTest {
  private static final byte[] QUESTION = "is there anybody?".getBytes(StandardCharsets.US_ASCII);

  @Test
  void aNodeOpensItAndADataCentreAnswersInIt() throws Exception {
    Random random = new Random(1);
    byte[] secret = new byte[16];
    random.nextBytes(secret);
    ClientStream client = new ClientStream(secret, 4, random);
    byte[] asked = QUESTION.clone();
    client.encrypt(asked);
    assertThat(asked).isNotEqualTo(QUESTION);

    LoopCiphers ciphers = new LoopCiphers();
    Obfuscated2 opened = Objects.requireNonNull(Obfuscated2.open(client.header(), secret, ciphers));
    assertThat(opened.datacenter()).isEqualTo(4);
    assertThat(Obfuscated2.open(client.header(), new byte[16], ciphers)).isNull();

    byte[] towards = opened.towardsDatacenter(random, ciphers);
    byte[] back = TestClient.reversed(Arrays.copyOfRange(towards, 8, 56));
    Cipher download = TestClient.cipher(Arrays.copyOf(back, 32), Arrays.copyOfRange(back, 32, 48));
    byte[] answer = download.update(QUESTION);
    client.decrypt(answer, 0, 5);
    client.decrypt(answer, 5, answer.length - 5);
    assertThat(answer).isEqualTo(QUESTION);
  }
}
