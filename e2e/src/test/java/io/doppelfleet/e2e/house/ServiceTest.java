package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a service manager hears, and systemd's word on the unit file. */
@Tag("waiting")
@Timeout(120)
final class ServiceTest {
  private static final Path UNIT = Path.of("../conf/doppelfleet.service");

  private static final Path USERS =
      Path.of("../conf/doppelfleet.sysusers").toAbsolutePath().normalize();

  @TempDir Path directory;

  @Test
  void aManagerHearsThatItServesAndThatItEnds() throws Exception {
    Path path = directory.resolve("notify");
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    try (MultiThreadIoEventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory())) {
      Channel manager =
          new Bootstrap()
              .group(loops)
              .channel(EpollDomainDatagramChannel.class)
              .handler(
                  new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(
                        ChannelHandlerContext context, DomainDatagramPacket packet) {
                      told.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                  })
              .bind(new DomainSocketAddress(path.toFile()))
              .sync()
              .channel();
      int port;
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      Path file =
          Files.writeString(
              directory.resolve("node.yaml"),
              """
              proxy:
                listen: ["127.0.0.1:%d"]
                cover: {host: 127.0.0.1, port: 9}
              secrets: {alice: ee00112233445566778899aabbccddeeff636f7665722e6578616d706c65}
              """
                  .formatted(port));
      try (Launched node =
          Launched.script(
              directory,
              Map.of("NOTIFY_SOCKET", path.toString()),
              "run",
              "--config",
              file.toString())) {
        assertThat(told.poll(60, TimeUnit.SECONDS))
            .as("%s", node.err())
            .isEqualTo(
                "READY=1\nSTATUS=serves at 127.0.0.1:%d, the cover is 127.0.0.1:9".formatted(port));
        node.terminate();
        assertThat(told.poll(20, TimeUnit.SECONDS))
            .isEqualTo(
                "STOPPING=1\nSTATUS=no more connections, 0 may finish\nEXTEND_TIMEOUT_USEC=40000000");
        assertThat(node.exitStatus()).isZero();
      }
      manager.close().sync();
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
    assertThat(told).isEmpty();
  }

  @Test
  void theUnitIsOneThatSystemdTakesAndFindsSafe() throws Exception {
    String text = Files.readString(UNIT);
    Path file =
        Files.writeString(
            directory.resolve("doppelfleet.service"),
            text.replace("/opt/doppelfleet/doppelfleet", Launched.SCRIPT.toString()));
    String verified = said("systemd-analyze", "verify", "--man=no", file.toString());
    assertThat(verified).doesNotContain(file.getFileName() + ":"); // of other units it may speak
    said("systemd-analyze", "security", "--offline=true", "--threshold=20", file.toString());
  }

  @Test
  void theServicesUserIsOneThatSystemdMakes() throws Exception {
    Path root = directory.resolve("root");
    Path passwd = Files.createDirectories(root.resolve("etc")).resolve("passwd");
    said("systemd-sysusers", "--root=" + root, USERS.toString());
    String user = Files.readString(UNIT).replaceAll("(?s).*\nUser=(\\S+)\n.*", "$1");
    assertThat(Files.readAllLines(passwd))
        .anyMatch(line -> line.matches(user + ":.*:/var/lib/doppelfleet:.*nologin"));
  }

  /** What a program says that ends with status 0, within four minutes. */
  static String said(String... command) throws Exception {
    List<String> bounded = new ArrayList<>(List.of("timeout", "240")); // no read is interrupted
    bounded.addAll(List.of(command));
    Process process = new ProcessBuilder(bounded).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
