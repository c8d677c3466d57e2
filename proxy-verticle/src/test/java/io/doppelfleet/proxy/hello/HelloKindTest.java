package io.doppelfleet.proxy.hello;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HelloKindTest {
  @Test
  void captured_hellos_of_one_client_are_of_one_kind() throws Exception {
    assertThat(kinds("tdlib", 5)).hasSize(1);
    assertThat(kinds("tdesktop465", 4)).hasSize(1);
  }

  @Test
  void clients_with_other_extensions_are_of_another_kind() throws Exception {
    assertThat(kinds("tdlib", 1)).doesNotContainAnyElementsOf(kinds("tdesktop465", 1));
  }

  /** They are in the file of a node's profile. */
  @Test
  void kinds_have_the_ids_that_they_always_had() throws Exception {
    assertThat(KnownClients.tdlib().kind().id()).isEqualTo("4823e43e45f719d7");
    assertThat(KnownClients.desktop().kind().id()).isEqualTo("210c6fbbb5a28384");
    // Of many extensions, some of which come twice, one of GREASE, one whose lengths do not fit.
    assertThat(HelloKind.of(odd()).id()).isEqualTo("8656706c7bebec3b");
  }

  private static ClientHello odd() throws MalformedHelloException {
    StringBuilder extensions = new StringBuilder();
    for (int type = 0x100; type < 0x118; type++) {
      extensions.append("%04x 0001 07".formatted(type));
    }
    extensions.append("0105 0000 000a 0004 0002 001d 0010 0003 0001 02 0010 0002 0000");
    extensions.append("fafa 0001 00 000a 0006 0008 0000 1302 002b 0003 02 0304");
    byte[] all = HexFormat.of().parseHex(extensions.toString().replace(" ", ""));
    ByteBuffer out =
        ByteBuffer.allocate(ClientHello.RANDOM_AT + 32 + 1 + 2 + 4 + 2 + 2 + all.length);
    out.position(ClientHello.RANDOM_AT + 32).put((byte) 0);
    out.putShort((short) 4).putShort((short) 0x1a1a).putShort((short) 0x1301);
    out.put((byte) 1).put((byte) 0).putShort((short) all.length).put(all);
    return new ClientHello(out.array());
  }

  private static List<HelloKind> kinds(String client, int count) throws Exception {
    List<HelloKind> kinds = new ArrayList<>();
    for (int i : IntStream.rangeClosed(1, count).toArray()) {
      kinds.add(HelloKind.of(captured(client + "-clienthello-" + i + ".bin")));
    }
    return kinds.stream().distinct().toList();
  }

  private static ClientHello captured(String file) throws IOException {
    try (InputStream in = HelloKindTest.class.getResourceAsStream("/clienthello/" + file)) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      HelloReader.Reading read = HelloReader.read(Unpooled.wrappedBuffer(bytes));
      return ((HelloReader.Reading.Whole) read).hello();
    }
  }
}
