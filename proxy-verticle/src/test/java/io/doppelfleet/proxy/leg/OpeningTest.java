package io.doppelfleet.proxy.leg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A leg that is not connected yet. */
@Timeout(60)
final class OpeningTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final int MARK = 0x7fff0001;

  private final Told told = new Told();
  private TestLoop test;

  @BeforeEach
  void start() throws Exception {
    test = new TestLoop();
  }

  @AfterEach
  void end() throws Exception {
    test.close();
  }

  @Test
  void itsHandlerHearsOnceThatItIsOpenAndWhatWasWrittenBeforeLeaves() throws Exception {
    DescriptorLeg leg =
        test.on(
            () -> {
              DescriptorLeg opening = open(test.address());
              opening.write(Unpooled.directBuffer().writeByte(7));
              opening.flush();
              assertThat(opening.idle()).isFalse();
              return opening;
            });
    Socket far = test.accept();
    assertThat(far.getInputStream().read()).isEqualTo(7);
    await().atMost(SOON).until(() -> !told.all.isEmpty());
    assertThat(test.on(leg::idle)).isTrue();
    far.getOutputStream().write(9);
    test.on(
        () -> {
          leg.read();
          return null;
        });
    await().atMost(SOON).until(() -> told.all.size() == 2);
    assertThat(told.all).containsExactly("open", "9");
  }

  @Test
  void whatCameWithTheConnectionIsThere() throws Exception {
    DescriptorLeg leg =
        test.on(
            () -> {
              DescriptorLeg opening = open(test.address());
              // Within one task of the loop: the bytes and the end are there, and it hasn't heard.
              try (Socket far = test.accept()) {
                far.getOutputStream().write(9);
              }
              return opening;
            });
    await().atMost(SOON).until(() -> !told.all.isEmpty());
    test.on(
        () -> {
          leg.read();
          return null;
        });
    await().atMost(SOON).until(() -> told.all.size() == 2);
    test.on(
        () -> {
          leg.read();
          return null;
        });
    await().atMost(SOON).until(() -> told.all.size() == 3);
    assertThat(told.all).containsExactly("open", "9", "end");
  }

  @Test
  void oneThatIsToBeMarkedIsBeforeItIsConnected() throws Exception {
    try {
      SocketMark.check(MARK);
    } catch (IOException e) {
      assumeThat(e).as("this process may mark nothing").isNull();
    }
    io.netty.channel.unix.Socket socket =
        new io.netty.channel.unix.Socket(Connecting.begin(test.address(), null, MARK));
    try {
      assertThat(socket.getIntOpt(1, 36)).isEqualTo(MARK);
    } finally {
      socket.close();
    }
  }

  @Test
  void oneThatIsRefusedIsGoneAndItsNumberIsFree() throws Exception {
    InetSocketAddress refusing;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      refusing = (InetSocketAddress) closed.getLocalSocketAddress();
    }
    int number = test.on(() -> open(refusing).number());
    await().atMost(SOON).until(() -> !told.all.isEmpty());
    await().atMost(SOON).until(() -> !isOpen(number));
    assertThat(told.all).containsExactly("gone");
  }

  @Test
  void oneThatIsResetBeforeItHasHeardThatItIsOpenIsNot() throws Exception {
    test.on(
        () -> {
          DescriptorLeg opening = open(test.address());
          Socket far = test.accept();
          far.setSoLinger(true, 0);
          far.close();
          return opening;
        });
    await().atMost(SOON).until(() -> !told.all.isEmpty());
    test.on(() -> null);
    assertThat(told.all).containsExactly("gone");
  }

  @Test
  void oneThatIsClosedTellsNothingAndHasItsNumberUntilTheBatchIsThrough() throws Exception {
    int number =
        test.on(
            () -> {
              DescriptorLeg opening = open(test.address());
              int own = opening.number();
              opening.close();
              opening.close();
              assertThat(isOpen(own)).isTrue();
              return own;
            });
    assertThat(test.on(() -> isOpen(number))).isFalse();
    DescriptorLeg next = test.on(() -> open(test.address()));
    assertThat(next.number()).as("the kernel gives the lowest number").isEqualTo(number);
    await().atMost(SOON).until(() -> !told.all.isEmpty());
    assertThat(told.all).containsExactly("open");
  }

  @Test
  void whereTheSystemSaysAtOnceThatItCannotBeNothingStaysOpen() throws Exception {
    long before = sockets();
    InetSocketAddress impossible = new InetSocketAddress("255.255.255.255", 9);
    assertThatIOException().isThrownBy(() -> begin(impossible, null));
    assertThatIOException()
        .isThrownBy(() -> begin(test.address(), new InetSocketAddress("192.0.2.1", 0)));
    assertThat(sockets()).isEqualTo(before);
  }

  @Test
  void itHasTheOptionsOfAnyConnection() throws Exception {
    int number = test.on(() -> open(test.address()).number());
    await().atMost(SOON).until(() -> !told.all.isEmpty());
    var socket = new io.netty.channel.unix.Socket(number);
    assertThat(socket.isTcpNoDelay()).isTrue();
    assertThat(socket.isKeepAlive()).isTrue();
    assertThat(socket.getIntOpt(6, 25)).isEqualTo(Legs.NOT_SENT); // tcp(7)
  }

  @Test
  void whereItsLoopEndsItIsGoneAndNoneIsOpened() throws Exception {
    InetSocketAddress listening = test.address();
    test.on(() -> open(listening));
    test.release();
    assertThat(told.all).endsWith("gone"); // it may have been open by then
    assertThatThrownBy(() -> test.on(() -> open(listening)))
        .hasRootCauseInstanceOf(IOException.class);
    assertThat(told.all).containsOnlyOnce("gone");
  }

  private DescriptorLeg open(InetSocketAddress to) throws IOException {
    return (DescriptorLeg) test.legs().open(to, null, 0, told);
  }

  private static void begin(InetSocketAddress to, @Nullable InetSocketAddress from)
      throws IOException {
    Connecting.begin(to, from, 0);
  }

  private static boolean isOpen(int descriptor) {
    return Files.exists(Path.of("/proc/self/fd/" + descriptor));
  }

  /** Files may be opened by others meanwhile. */
  private static long sockets() throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(OpeningTest::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // it is closed by now
    }
  }

  private static final class Told implements LegHandler {
    private final List<String> all = new CopyOnWriteArrayList<>();

    @Override
    public void received(ByteBuf bytes) {
      all.add(String.valueOf(bytes.readByte()));
      bytes.release();
    }

    @Override
    public void ended() {
      all.add("end");
    }

    @Override
    public void drained() {
      all.add("open");
    }

    @Override
    public void gone() {
      all.add("gone");
    }
  }
}
