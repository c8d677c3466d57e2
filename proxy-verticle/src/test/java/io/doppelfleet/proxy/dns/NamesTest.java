package io.doppelfleet.proxy.dns;

import static io.doppelfleet.proxy.dns.PlayedNameServer.NO_ERROR;
import static io.doppelfleet.proxy.dns.PlayedNameServer.NO_SUCH_NAME;
import static io.doppelfleet.proxy.dns.PlayedNameServer.SERVER_FAILURE;
import static io.doppelfleet.proxy.dns.PlayedNameServer.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.proxy.doppel.Heard;
import io.netty.handler.codec.dns.DnsRecordType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is known of names, for how long, and from whom. */
@Timeout(60)
final class NamesTest {
  private static final String HOST = "cover.example";
  private static final String ONE = "192.0.2.1";
  private static final String ANOTHER = "192.0.2.2";
  private static final String IPV6 = "2001:db8::1";
  private static final String[] NONE = {};
  private static final Duration SHORT = Duration.ofMillis(400);

  private final AtomicLong now = new AtomicLong();
  private final List<PlayedNameServer> played = new ArrayList<>();

  @AfterEach
  void end() throws IOException {
    for (PlayedNameServer each : played) {
      each.close();
    }
  }

  private PlayedNameServer play(PlayedNameServer.Part part) throws IOException {
    PlayedNameServer server = new PlayedNameServer(part);
    played.add(server);
    return server;
  }

  private static PlayedNameServer.Part saying(int code, int seconds, String... addresses) {
    return (question, byTcp) -> List.of(answer(question, code, seconds, addresses));
  }

  private Names asking(PlayedNameServer... servers) {
    return asking(PlainLine.AGAIN, servers);
  }

  /** Whoever says nothing is waited for twice as long as this. */
  private Names asking(Duration again, PlayedNameServer... servers) {
    return new Names(
        Arrays.stream(servers).map(PlayedNameServer::server).toList(),
        () -> {
          throw new AssertionError("nobody asks by TLS");
        },
        now::get,
        again);
  }

  private void pass(long seconds) {
    now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  private static List<String> of(Names names, String host) throws UnknownHostException {
    return names.of(host).stream().map(InetAddress::getHostAddress).toList();
  }

  private static void hasNone(Names names, String why) {
    assertThatExceptionOfType(UnknownHostException.class)
        .isThrownBy(() -> names.of(HOST))
        .withMessage(HOST + ": " + why);
  }

  @Test
  void anAnswerHoldsForAsLongAsItSays() throws Exception {
    PlayedNameServer server = play(saying(NO_ERROR, 60, ONE, IPV6));
    Names names = asking(server);
    assertThat(of(names, HOST)).containsExactly(ONE, "2001:db8:0:0:0:0:0:1");
    server.plays(saying(NO_ERROR, 60, ANOTHER));
    pass(59);
    assertThat(of(names, "Cover.Example.")).first().isEqualTo(ONE);
    assertThat(server.asked()).as("for both kinds once").isEqualTo(2);
    pass(1);
    assertThat(of(names, HOST)).containsExactly(ANOTHER);
  }

  @Test
  void anAnswerThatHoldsForNoTimeHoldsForAMoment() throws Exception {
    PlayedNameServer server = play(saying(NO_ERROR, 0, ONE));
    Names names = asking(server);
    of(names, HOST);
    of(names, HOST);
    assertThat(server.asked()).isEqualTo(2);
  }

  @Test
  void whatWasSaidLastStaysWhileNoServerAnswers() throws Exception {
    PlayedNameServer server = play(saying(NO_ERROR, 60, ONE));
    Names names = asking(server);
    of(names, HOST);
    server.close();
    try (Heard told = new Heard(Servers.class)) {
      for (int i = 0; i < 3; i++) {
        pass(86_400);
        assertThat(of(names, HOST)).containsExactly(ONE);
      }
      assertThat(told.lines())
          .singleElement()
          .asString()
          .startsWith("the name server " + server.server() + " fails: ");
    }
    assertThatExceptionOfType(UnknownHostException.class)
        .isThrownBy(() -> names.of("other.example"))
        .withMessage("other.example: no name server answers");
  }

  @Test
  void serversThatFailedAreAskedAgainAfterAPause() throws Exception {
    PlayedNameServer server = play(saying(NO_ERROR, 5, ONE));
    Names names = asking(server);
    of(names, HOST);
    pass(5);
    server.plays(saying(SERVER_FAILURE, 0));
    assertThat(of(names, HOST)).containsExactly(ONE);
    server.plays(saying(NO_ERROR, 60, ANOTHER));
    pass(9);
    assertThat(of(names, HOST)).containsExactly(ONE);
    pass(1);
    assertThat(of(names, HOST)).containsExactly(ANOTHER);
  }

  @Test
  void forANameThatNoneHasAnsweredYetThatIsAMoment() throws Exception {
    PlayedNameServer server = play(saying(SERVER_FAILURE, 0));
    Names names = asking(server);
    hasNone(names, "no name server answers");
    server.plays(saying(NO_ERROR, 60, ONE));
    hasNone(names, "no name server answers");
    pass(1);
    assertThat(of(names, HOST)).containsExactly(ONE);
  }

  @Test
  void thatThereIsNoSuchNameIsAnAnswerAndReplacesWhatWasThere() throws Exception {
    PlayedNameServer server = play(saying(NO_ERROR, 5, ONE));
    PlayedNameServer next = play(saying(NO_ERROR, 5, ANOTHER));
    Names names = asking(server, next);
    of(names, HOST);
    server.plays(saying(NO_SUCH_NAME, 0));
    pass(5);
    hasNone(names, "no such name");
    assertThat(next.asked()).isZero();
    server.plays(saying(NO_ERROR, 5, ONE));
    pass(29);
    hasNone(names, "no such name");
    pass(1);
    assertThat(of(names, HOST)).containsExactly(ONE);
  }

  /** Says of IPv4 what one does, of IPv6 what the other does. */
  private static PlayedNameServer.Part parted(
      PlayedNameServer.Part ofIpv4, PlayedNameServer.Part ofIpv6) {
    return (question, byTcp) ->
        (PlayedNameServer.isOfIpv4(question) ? ofIpv4 : ofIpv6).play(question, byTcp);
  }

  @Test
  void halfAnAnswerIsBetterThanNoneAndHoldsNotForLong() throws Exception {
    PlayedNameServer server =
        play(parted(saying(NO_ERROR, 86_400, ONE), saying(SERVER_FAILURE, 0)));
    Names names = asking(server);
    assertThat(of(names, HOST)).containsExactly(ONE);
    server.plays(saying(NO_ERROR, 60, ONE, IPV6));
    pass(9);
    assertThat(of(names, HOST)).containsExactly(ONE);
    pass(1);
    assertThat(of(names, HOST)).hasSize(2);
  }

  @Test
  void whoseQuestionsForIpv6NobodyAnswersHasThoseOfIpv4() throws Exception {
    PlayedNameServer server =
        play(parted(saying(NO_ERROR, 60, ONE), (question, byTcp) -> List.of()));
    try (Heard told = new Heard(Servers.class)) {
      assertThat(of(asking(SHORT, server), HOST)).containsExactly(ONE);
      assertThat(told.lines()).as("it works").isEmpty();
    }
  }

  @Test
  void whoEndsAConnectionAfterOneAnswerHasSaidThatOne() throws Exception {
    PlayedNameServer server =
        play(
            (question, byTcp) -> {
              if (byTcp && !PlayedNameServer.isOfIpv4(question)) {
                throw new IOException("one is enough");
              }
              byte[] answer = answer(question, NO_ERROR, 60, byTcp ? new String[] {ONE} : NONE);
              answer[2] |= (byte) (byTcp ? 0 : 2); // has no room for it
              return List.of(answer);
            });
    assertThat(of(asking(server), HOST)).containsExactly(ONE);
  }

  @Test
  void theNextServerIsAskedWhereOneHasHalfAnAnswer() throws Exception {
    PlayedNameServer half = play(parted(saying(SERVER_FAILURE, 0), saying(NO_ERROR, 60, IPV6)));
    PlayedNameServer next = play(saying(NO_ERROR, 60, ANOTHER));
    assertThat(of(asking(half, next), HOST)).containsExactly(ANOTHER);
    next.plays(parted(saying(NO_ERROR, 60, ONE), saying(SERVER_FAILURE, 0)));
    Names names = asking(half, next);
    for (int i = 0; i < 2; i++) {
      assertThat(of(names, HOST)).as("both halves").containsExactly(ONE, "2001:db8:0:0:0:0:0:1");
      pass(10);
    }
  }

  @Test
  void whatIsMissingInAnAnswerIsWhatWasSaidLast() throws Exception {
    PlayedNameServer server = play(saying(NO_ERROR, 60, ONE, IPV6));
    Names names = asking(server);
    of(names, HOST);
    server.plays(parted(saying(SERVER_FAILURE, 0), saying(NO_ERROR, 86_400, "2001:db8::2")));
    pass(60);
    assertThat(of(names, HOST)).containsExactly(ONE, "2001:db8:0:0:0:0:0:2");
    server.plays(saying(NO_ERROR, 60, ANOTHER));
    pass(10);
    assertThat(of(names, HOST)).containsExactly(ANOTHER);
  }

  @Test
  void theNextServerIsAskedWhereOneFailsAndThatOneLastForAWhile() throws Exception {
    PlayedNameServer first = play(saying(NO_ERROR, 5, ONE));
    PlayedNameServer second = play(saying(NO_ERROR, 5, ANOTHER));
    first.close();
    try (Heard told = new Heard(Servers.class)) {
      Names names = asking(first, second);
      assertThat(of(names, HOST)).containsExactly(ANOTHER);
      pass(29);
      second.plays(saying(SERVER_FAILURE, 0));
      assertThat(of(names, HOST)).as("both fail").containsExactly(ANOTHER);
      assertThat(told.lines()).as("who can't find out works").hasSize(1);
    }
  }

  @Test
  void aDatagramThatAnswersAnotherQuestionIsNone() throws Exception {
    PlayedNameServer server =
        play(
            (question, byTcp) -> {
              byte[] number = question.clone();
              number[0]++;
              byte[] name = question.clone();
              name[14]++;
              return List.of(
                  answer(number, NO_ERROR, 60, ANOTHER, IPV6),
                  answer(name, NO_ERROR, 60, ANOTHER, IPV6),
                  question,
                  new byte[0],
                  answer(question, NO_ERROR, 60, ONE));
            });
    assertThat(of(asking(server), HOST)).containsExactly(ONE);
  }

  @Test
  void whatADatagramHasNoRoomForComesByTcp() throws Exception {
    String[] many = new String[40];
    Arrays.setAll(many, i -> "192.0.2." + i);
    PlayedNameServer server =
        play(
            (question, byTcp) -> {
              byte[] whole = answer(question, NO_ERROR, 60, many);
              byte[] cut = Arrays.copyOf(answer(question, NO_ERROR, 60), question.length);
              cut[2] |= 2;
              return List.of(byTcp || !PlayedNameServer.isOfIpv4(question) ? whole : cut);
            });
    assertThat(of(asking(server), HOST)).hasSize(DnsMessage.MOST_ADDRESSES).contains(ONE);
  }

  @Test
  void aServerThatSaysNothingIsGivenUp() throws Exception {
    PlayedNameServer silent = play((question, byTcp) -> List.of());
    PlayedNameServer next = play(saying(NO_ERROR, 60, ONE));
    assertThat(of(asking(SHORT, silent, next), HOST)).containsExactly(ONE);
    assertThat(silent.asked()).as("a datagram may be lost").isEqualTo(4);
  }

  @Test
  void ofManyNamesThoseThatWereAskedForLastAreKept() throws Exception {
    PlayedNameServer server = play(saying(NO_ERROR, 60, ONE));
    Names names = asking(server);
    for (int i = 0; i <= Names.MOST; i++) {
      of(names, "n" + i + ".example");
    }
    int asked = server.asked();
    of(names, "n1.example");
    assertThat(server.asked()).isEqualTo(asked);
    of(names, "n0.example");
    assertThat(server.asked()).isEqualTo(asked + 2);
  }

  @Test
  void whatIsNoNameIsNotAskedFor() throws Exception {
    PlayedNameServer server = play(saying(NO_ERROR, 60, ONE));
    Names names = asking(server);
    for (String none : List.of("", ".", "a..b", "a b.c", "x".repeat(64) + ".c", "a.".repeat(130))) {
      assertThatExceptionOfType(UnknownHostException.class).isThrownBy(() -> names.of(none));
    }
    assertThat(server.asked()).isZero();
  }

  @Test
  void anAnswerOfAnyBytesIsReadOrRefused() throws Exception {
    byte[] question = DnsMessage.question(7, HOST, DnsRecordType.A);
    byte[] right = answer(question, NO_ERROR, 60, ONE, ANOTHER);
    Random random = new Random(7);
    int read = 0;
    for (int i = 0; i < 1_000; i++) {
      byte[] bytes = Arrays.copyOf(right, right.length - random.nextInt(3) * random.nextInt(30));
      int from = Math.min(question.length - 4, bytes.length - 1);
      for (int j = random.nextInt(4); j > 0; j--) {
        bytes[from + random.nextInt(bytes.length - from)] = (byte) random.nextInt();
      }
      try {
        assertThat(DnsMessage.read(bytes).addresses().size()).isLessThanOrEqualTo(2);
        read++;
      } catch (IOException e) {
        assertThat(e).hasMessageStartingWith("it answers ");
      }
    }
    assertThat(read).isBetween(1, 999);
  }
}
