package io.doppelfleet.proxy.hello;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelloMouldTest {
  private static final String HOST = "cover.example";
  private static final Random RANDOM = new SecureRandom();

  @Test
  void theKnownClientsHellosAreOfTheirKinds() throws Exception {
    assertThat(read(KnownClients.tdlib().fresh(HOST, RANDOM)).kind())
        .isEqualTo(captured("tdlib-clienthello-1").kind())
        .isEqualTo(captured("mtcute-clienthello-1").kind())
        .isEqualTo(KnownClients.tdlib().kind());
    assertThat(read(KnownClients.desktop().fresh(HOST, RANDOM)).kind())
        .isEqualTo(captured("tdesktop465-clienthello-1").kind());
  }

  @Test
  void theyAreAsLongAsTheClients() throws Exception {
    assertThat(KnownClients.desktop().fresh(HOST, RANDOM)).hasSize(517);
    ClientHello captured = captured("tdlib-clienthello-1");
    assertThat(KnownClients.tdlib().fresh("www.google.com", RANDOM))
        .hasSameSizeAs(captured.signedBytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mtcute-clienthello-1",
        "tdesktop465-clienthello-1",
        "tdlib-clienthello-1",
        "tdlib-clienthello-4"
      })
  void aFreshHelloIsOfTheSameKindAndHasNothingOfTheOldOne(String name) throws Exception {
    ClientHello old = captured(name);
    HelloMould mould = HelloMould.of(old, false).orElseThrow();
    ClientHello fresh = read(mould.fresh(HOST, RANDOM));
    assertThat(fresh.kind()).isEqualTo(old.kind());
    assertThat(fresh.serverName()).isEqualTo(HOST);
    assertThat(fresh.random()).isNotEqualTo(old.random());
    assertThat(fresh.sessionId()).hasSize(32).isNotEqualTo(old.sessionId());
    assertThat(fresh.share(ClientHello.X25519))
        .hasSize(32)
        .isNotEqualTo(old.share(ClientHello.X25519));
    byte[] hybrid = old.share(ClientHello.X25519_MLKEM768);
    assertThat(mould.hybrid()).isEqualTo(hybrid != null);
    if (hybrid != null) {
      assertThat(fresh.share(ClientHello.X25519_MLKEM768))
          .hasSameSizeAs(hybrid)
          .isNotEqualTo(hybrid);
    }
    assertThat(types(fresh)).hasSameElementsAs(types(old));
  }

  @Test
  void whatAClientKeepsInOrderStaysInOrderAndWhatItShufflesIsShuffled() throws Exception {
    ClientHello old = captured("tdlib-clienthello-2");
    HelloMould mould = HelloMould.of(old, false).orElseThrow();
    assertThat(types(read(mould.fresh(HOST, RANDOM)))).isEqualTo(types(old));
    Set<List<Integer>> orders = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      List<Integer> order = types(read(KnownClients.tdlib().fresh(HOST, RANDOM)));
      assertThat(order.getFirst()).isEqualTo(0x0a0a);
      assertThat(order.getLast()).isEqualTo(0x0a0a);
      orders.add(order);
    }
    assertThat(orders).hasSizeGreaterThan(1);
  }

  @Test
  void noExtensionStandsTwiceInAHello() throws Exception {
    for (int i = 0; i < 50; i++) {
      ByteBuffer in = extensions(read(KnownClients.desktop().fresh(HOST, RANDOM)));
      Set<Integer> types = new HashSet<>();
      while (in.hasRemaining()) {
        assertThat(types.add(in.getShort() & 0xffff)).isTrue();
        in.position(in.position() + 2 + (in.getShort(in.position()) & 0xffff));
      }
    }
  }

  @Test
  void aResumptionCannotBeMadeAnew() throws Exception {
    ClientHello old = captured("tdlib-clienthello-1");
    byte[] bytes = old.signedBytes().clone();
    for (int i = 0; i < bytes.length - 4; i++) {
      if (bytes[i] == 0x44 && bytes[i + 1] == (byte) 0xcd) { // ALPS becomes pre_shared_key
        bytes[i] = 0;
        bytes[i + 1] = 41;
        break;
      }
    }
    assertThat(HelloMould.of(new ClientHello(bytes), false)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fe0d 0008 0000 0100 0100 0000", // ECH that is too short
        "002b 0004 02 0304 00", // supported_versions with an odd byte
        "002b 0003 02 0304 000a 0001 00", // groups without a length
        "0033 0006 0004 001d 0000" // a share of no bytes
      })
  void ofAHelloWithOddExtensionsThereIsNoMouldAndYetAKind(String extensions) throws Exception {
    ClientHello odd =
        HelloMouldFuzzTest.hello(HexFormat.of().parseHex(extensions.replace(" ", "")));
    assertThat(odd.kind()).isNotNull();
    assertThat(HelloMould.of(odd, false)).isEmpty();
  }

  /** Types in their order, GREASE as one of its values. */
  private static List<Integer> types(ClientHello hello) {
    ByteBuffer in = extensions(hello);
    List<Integer> types = new ArrayList<>();
    while (in.hasRemaining()) {
      int type = in.getShort() & 0xffff;
      types.add(HelloKind.isGrease(type) ? 0x0a0a : type);
      in.position(in.position() + 2 + (in.getShort(in.position()) & 0xffff));
    }
    return types;
  }

  private static ByteBuffer extensions(ClientHello hello) {
    ByteBuffer in = ByteBuffer.wrap(hello.signedBytes());
    in.position(5 + 4 + 2 + 32 + 1 + 32);
    in.position(in.position() + 2 + (in.getShort(in.position()) & 0xffff));
    return in.position(in.position() + 2 + 2);
  }

  private static ClientHello captured(String name) throws IOException {
    try (InputStream in =
        HelloMouldTest.class.getResourceAsStream("/clienthello/" + name + ".bin")) {
      return read(Objects.requireNonNull(in).readAllBytes());
    }
  }

  private static ClientHello read(byte[] bytes) {
    return ((HelloReader.Reading.Whole) HelloReader.read(Unpooled.wrappedBuffer(bytes))).hello();
  }
}
