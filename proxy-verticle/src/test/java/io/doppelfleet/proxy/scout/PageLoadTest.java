package io.doppelfleet.proxy.scout;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.doppel.Traffic;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloMould;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a site sees of who loads its pages. */
@Timeout(60)
class PageLoadTest {
  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int ENCRYPTED = 23;

  @TempDir Path directory;
  private final List<byte[]> said = new CopyOnWriteArrayList<>();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theFirstRequestComesRightBehindTheFinishedAsABrowsersDoes(boolean h2) throws Exception {
    try (WebSite site = WebSite.start(h2, directory);
        ServerSocket between = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> forward(between, site.address()));
      InetSocketAddress there = (InetSocketAddress) between.getLocalSocketAddress();
      Pages pages =
          new PageLoad(LookTest.BOUNDS, new Leash(new byte[0])).visit(there, WebSite.HOST, false);
      assertThat(pages.protocol()).isEqualTo(h2 ? "h2" : "http/1.1");
      assertThat(types(Served.join(said.get(1), said.get(2))))
          .startsWith(CHANGE_CIPHER_SPEC, ENCRYPTED, ENCRYPTED);
      assertThat(site.asked()).startsWith("/", "/", "/style.css");
      assertThat(pages.firsts().size() + pages.responses().size()).isEqualTo(site.answered());
      assertThat(pages.opening()).isNotEmpty();
      assertThat(pages.responses().getFirst().sizes()).as("without it").hasSizeLessThan(3);
    }
  }

  /** Else a server that takes the first it likes takes another than a client gets from it. */
  @Test
  void itOffersTheSuitesThatClientsDoInTheirOrder() throws Exception {
    try (WebSite site = WebSite.start(true, directory);
        ServerSocket between = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> forward(between, site.address()));
      InetSocketAddress there = (InetSocketAddress) between.getLocalSocketAddress();
      new PageLoad(LookTest.BOUNDS, new Leash(new byte[0])).visit(there, WebSite.HOST, false);
      for (HelloMould client : LookTest.KINDS) {
        assertThat(tls13Suites(said.getFirst()))
            .isEqualTo(tls13Suites(client.fresh(WebSite.HOST, new SecureRandom())));
      }
    }
  }

  private static List<Integer> tls13Suites(byte[] hello) throws Exception {
    return Arrays.stream(new ClientHello(hello).suites())
        .filter(suite -> suite >>> 8 == 0x13)
        .boxed()
        .toList();
  }

  /** A server may answer a page at the beginning of a connection otherwise than later on one. */
  @Test
  void eachPageIsAskedForFirstOnAConnectionAndLaterOnOne() throws Exception {
    try (WebSite site = WebSite.start(true, directory)) {
      Bounds many = new Bounds(seconds(9), seconds(9), seconds(20), 30, 4 << 20, Duration.ZERO);
      Pages pages =
          new PageLoad(many, new Leash(new byte[0])).visit(site.address(), WebSite.HOST, false);
      assertThat(site.asked())
          .as("all on one, the parts again, and each to begin another")
          .containsExactly(
              "/",
              "/",
              "/style.css",
              "/long.js",
              "/about",
              "/favicon.ico",
              "/style.css",
              "/long.js",
              "/about",
              "/favicon.ico",
              "/style.css",
              "/long.js",
              "/about",
              "/favicon.ico");
      assertThat(pages.firsts()).as("but what is not there").hasSize(4);
      assertThat(pages.responses()).hasSize(7);
      assertThat(pages.firsts().getFirst().sizes())
          .startsWith(pages.opening().toArray(Integer[]::new))
          .hasSizeGreaterThan(pages.responses().getFirst().sizes().size());
    }
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  /** As nginx has it: two tickets, settings with the answer's head, and its body. */
  @Test
  void whatTheFirstAnswerHasMoreThanTheSameLaterIsTheOpening() {
    assertThat(Tour.opening(answer(282, 282, 185, 3_017), answer(3_120)))
        .containsExactly(282, 282, 185);
    assertThat(Tour.opening(answer(85, 3_017), answer(85, 3_017))).isEmpty();
    assertThat(Tour.opening(answer(3_017), answer(85, 3_017))).isEmpty();
  }

  /** Of a long page the counts may differ by as many as a server likes to cut it into. */
  @Test
  void theOpeningIsNoMoreThanServersSayOnce() {
    assertThat(Tour.opening(answer(282, 282, 185, 1_369, 1_369, 1_369, 1_369), answer(5_800)))
        .containsExactly(282, 282, 185, 1_369);
  }

  private static Traffic.Response answer(Integer... sizes) {
    return new Traffic.Response(List.of(sizes), Collections.nCopies(sizes.length, 0), 5_000);
  }

  /** One connection after the other. */
  private void forward(ServerSocket from, InetSocketAddress to) {
    while (!from.isClosed()) {
      try (Socket near = from.accept();
          Socket far = new Socket(to.getAddress(), to.getPort())) {
        Thread.ofVirtual().start(() -> transfer(far, near));
        byte[] chunk = new byte[64 * 1024];
        InputStream in = near.getInputStream();
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
          said.add(Arrays.copyOf(chunk, read));
          far.getOutputStream().write(chunk, 0, read);
        }
      } catch (IOException e) {
        // One of them has left.
      }
    }
  }

  private static void transfer(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // The same.
    }
  }

  private static List<Integer> types(byte[] records) {
    List<Integer> types = new ArrayList<>();
    for (int at = 0; at < records.length; ) {
      types.add((int) records[at]);
      at += 5 + (((records[at + 3] & 0xff) << 8) | (records[at + 4] & 0xff));
    }
    return types;
  }
}
