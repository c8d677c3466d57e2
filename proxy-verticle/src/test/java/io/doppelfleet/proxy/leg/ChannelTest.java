package io.doppelfleet.proxy.leg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a leg on a channel does for a pump. */
@Timeout(60)
final class ChannelTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  private final List<String> heard = new CopyOnWriteArrayList<>();
  private TestLoop test;
  private Channel channel;
  private ChannelLeg leg;
  private Socket far;

  @BeforeEach
  void start() throws Exception {
    test = new TestLoop(TestLoop.Pump.CHANNELS);
    channel = test.connect();
    leg = (ChannelLeg) test.on(() -> test.legs().take(channel, "", new Hearing(heard)));
    far = test.accept();
  }

  @AfterEach
  void end() throws Exception {
    test.close();
  }

  @Test
  void aPumpThatIsNotReadingWhenAWriteFailsIsToldAndReadsTheRest() throws Exception {
    test.on(
        () -> {
          leg.pumped();
          far.getOutputStream().write(new byte[] {1, 2, 3});
          reset();
          leg.write(Unpooled.directBuffer().writeByte(9));
          leg.flush();
          assertThat(heard).isEmpty();
          return null;
        });
    await().atMost(SOON).until(() -> heard.equals(List.of("readable")));
    read();
    await().atMost(SOON).until(() -> heard.contains("received 3"));
    read();
    await().atMost(SOON).until(() -> heard.contains("gone"));
    assertThat(heard).containsExactly("readable", "received 3", "gone");
  }

  /** The two ends of a pair may fail at once: the one is reset for the other's sake. */
  @Test
  void whatHasJustBeenClosedMayBeResetStill() throws Exception {
    test.on(
        () -> {
          channel.unsafe().closeForcibly(); // as Netty does before it tells anybody
          leg.reset();
          assertThat(leg.closed()).isTrue();
          return null;
        });
  }

  /** The loop would be told without end that the socket takes bytes. */
  @Test
  void whereBytesWaitedWhenAWriteFailedItIsOverOnceNobodyReads() throws Exception {
    for (boolean reads : new boolean[] {false, true}) {
      test.on(
          () -> {
            leg.pumped();
            HeapRoom room = new HeapRoom(65_536);
            while (leg.idle()) {
              leg.pieces().lent(room, 65_536);
              leg.send();
            }
            far.getOutputStream().write(new byte[] {1, 2, 3});
            if (reads) {
              leg.read();
            }
            reset();
            return null;
          });
      await().atMost(SOON).until(() -> heard.contains("gone"));
      assertThat(heard.contains("received 3")).isEqualTo(reads);
      assertThat(test.bytes().waiting()).isZero();
      heard.clear();
      test.close();
      start();
    }
  }

  @Test
  void allThatIsThereIsReadAtOnceBehindWhatCameBefore() throws Exception {
    byte[] sent = new byte[50_000];
    new Random(3).nextBytes(sent);
    far.getOutputStream().write(sent);
    assertThat(readNow(4)).isEqualTo(concat(4, sent));
    assertThat(readNow(4)).isEqualTo(new byte[4]);
    assertThat(test.on(leg::readEnded)).isFalse();
    far.getOutputStream().write(7);
    far.shutdownOutput();
    assertThat(readNow(1)).isEqualTo(new byte[] {0, 7});
    assertThat(test.on(leg::readEnded)).isTrue();
    assertThat(heard).isEmpty();
  }

  @Test
  void whatIsReadAtOnceIsNoMoreThanMayWaitAndAResetBehindItShows() throws Exception {
    byte[] sent = new byte[100_000];
    far.getOutputStream().write(sent);
    int most = test.on(() -> test.bytes().allowance(0));
    assertThat(readNow(10).length).isBetween(most / 2, most + LoopBytes.SMALLEST_READ);
    while (readNow(1).length > 1) {
      assertThat(test.on(leg::closed)).isFalse();
    }
    far.getOutputStream().write(7);
    reset();
    assertThat(readNow(1)).isEqualTo(new byte[] {0, 7});
    assertThat(test.on(leg::closed)).isTrue();
    assertThat(heard).isEmpty();
  }

  /** Behind so many zeros. */
  private byte[] readNow(int before) throws Exception {
    return test.on(
        () -> {
          ByteBuf all = leg.readNow(Buffers.POOLED.directBuffer().writeZero(before));
          byte[] bytes = ByteBufUtil.getBytes(all);
          all.release();
          return bytes;
        });
  }

  private static byte[] concat(int zeros, byte[] bytes) {
    byte[] all = new byte[zeros + bytes.length];
    System.arraycopy(bytes, 0, all, zeros, bytes.length);
    return all;
  }

  private void read() throws Exception {
    test.on(
        () -> {
          leg.read();
          return null;
        });
  }

  private void reset() throws IOException {
    far.setSoLinger(true, 0);
    far.close();
  }

  private record Hearing(List<String> heard) implements LegHandler {
    @Override
    public void received(ByteBuf bytes) {
      heard.add("received " + bytes.readableBytes());
      bytes.release();
    }

    @Override
    public void readable() {
      heard.add("readable");
    }

    @Override
    public void ended() {
      heard.add("ended");
    }

    @Override
    public void drained() {}

    @Override
    public void gone() {
      heard.add("gone");
    }
  }
}
