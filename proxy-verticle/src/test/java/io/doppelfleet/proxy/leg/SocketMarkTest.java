package io.doppelfleet.proxy.leg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A mark is on the socket, or it is said that it can't be. */
final class SocketMarkTest {
  /** linux/capability.h. */
  private static final int CAP_NET_ADMIN = 12;

  private static final int CAP_NET_RAW = 13;
  private static final int MARK = 0xff000001;

  private static boolean has(int capability) throws Exception {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(each -> each.startsWith("CapEff:"))
            .findFirst()
            .orElseThrow();
    return new BigInteger(line.substring("CapEff:".length()).strip(), 16).testBit(capability);
  }

  @Test
  void whoMayMarkDoesAndWhoMayNotIsTold() throws Exception {
    Epoll.ensureAvailability();
    EpollSocketChannel channel = new EpollSocketChannel();
    try {
      boolean marked = SocketMark.set(channel, MARK);
      if (marked) {
        assertThat(channel.config().getOption(new IntegerUnixChannelOption("mark", 1, 36)))
            .isEqualTo(MARK);
        assertThatCode(() -> SocketMark.check(MARK)).doesNotThrowAnyException();
      } else {
        assertThatIOException()
            .isThrownBy(() -> SocketMark.check(MARK))
            .withMessageStartingWith("proxy.outgoing.mark: this process may not mark")
            .withMessageContaining("CAP_NET_ADMIN");
      }
      // A container may have the capability in its own namespace, and the kernel asks there.
      if (has(CAP_NET_ADMIN) || !has(CAP_NET_RAW)) { // which suffices alone since Linux 5.17
        assertThat(marked).isEqualTo(has(CAP_NET_ADMIN));
      }
    } finally {
      channel.unsafe().closeForcibly();
    }
  }
}
