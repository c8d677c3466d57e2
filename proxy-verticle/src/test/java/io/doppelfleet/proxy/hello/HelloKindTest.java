package io.doppelfleet.proxy.hello;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
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
