package io.doppelfleet.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.record.RecordReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javax.crypto.Cipher;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Uploads that share ciphers are each as with two of their own. */
final class LoopCiphersTest {
  private final LoopCiphers shared = new LoopCiphers();

  /** A client, its upload, and its data centre. */
  private record Client(TestClient client, UploadPosition upload, Cipher datacenter) {
    static Client random(Random random) {
      TestClient client = TestClient.carrying(random, random.nextInt(17));
      Obfuscated2 opened = client.opened();
      byte[] header = opened.towardsDatacenter(random, new LoopCiphers());
      Cipher datacenter = TestClient.datacenter(header);
      datacenter.update(header);
      return new Client(client, new UploadPosition(new RecordReader(true), opened), datacenter);
    }
  }

  @Property(tries = 30)
  void whateverOthersComeBetween(
      @ForAll @IntRange(min = 1, max = 600) int clients, @ForAll Random random) {
    List<Client> all = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      all.add(Client.random(random));
    }
    for (int chunk = 0; chunk < 2_000; chunk++) {
      int which = random.nextInt(clients);
      Client one = all.get(which);
      byte[] content = new byte[random.nextInt(1, 70)];
      random.nextBytes(content);
      assertThat(one.datacenter.update(pass(one, content, random))).isEqualTo(content);
      if (random.nextInt(20) == 0) {
        shared.forget(one.upload);
        all.set(which, Client.random(random));
      }
    }
  }

  /** In two runs at times, as where a record's header is between them. */
  private byte[] pass(Client one, byte[] content, Random random) {
    byte[] sent = one.client.sends(content);
    ByteBuf from = random.nextBoolean() ? Unpooled.buffer() : Unpooled.directBuffer();
    from.writeBytes(sent);
    byte[] plain = new byte[sent.length];
    int run = random.nextInt(1, sent.length + 1);
    shared.open(one.upload, from, run, plain, 0);
    if (run < sent.length) {
      shared.open(one.upload, from, sent.length - run, plain, run);
    }
    assertThat(from.isReadable()).isFalse();
    from.release();
    assertThat(plain).isEqualTo(content);
    byte[] sealed = new byte[sent.length];
    shared.seal(one.upload, plain, sent.length, sealed);
    return sealed;
  }

  @Test
  void whoWasForgottenGoesOnWhereItStood() {
    Random random = new Random(1);
    Client one = Client.random(random);
    for (int i = 0; i < 3; i++) {
      byte[] content = new byte[21];
      assertThat(one.datacenter.update(pass(one, content, random))).isEqualTo(content);
      shared.forget(one.upload);
    }
  }

  /** Nor do they have any of the others' places. */
  @Test
  void whoSpeaksOftenStaysKeyedWhileManySpeakSeldom() {
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) { // a loop of which nothing is known yet
      pass(Client.random(random), new byte[21], random);
    }
    Client often = Client.random(random);
    pass(often, new byte[21], random);
    pass(Client.random(random), new byte[21], random);
    pass(often, new byte[21], random);
    int place = often.upload.place();
    Set<Integer> places = new HashSet<>();
    for (int i = 0; i < 600; i++) {
      Client seldom = Client.random(random);
      pass(seldom, new byte[21], random);
      places.add(seldom.upload.place());
    }
    pass(often, new byte[21], random);
    assertThat(often.upload.place()).isEqualTo(place);
    assertThat(places).hasSize(1).doesNotContain(place);
  }
}
