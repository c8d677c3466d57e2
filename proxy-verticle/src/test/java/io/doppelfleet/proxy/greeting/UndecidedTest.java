package io.doppelfleet.proxy.greeting;

import static io.doppelfleet.proxy.greeting.FarEnds.expect;
import static io.doppelfleet.proxy.greeting.FarEnds.expectEnd;
import static io.doppelfleet.proxy.greeting.FarEnds.reset;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.leg.TestLoop;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose a connection is, by its first bytes, and when the cover is dialled for it. */
@Timeout(60)
@ParameterizedClass
@EnumSource(TestLoop.Pump.class)
final class UndecidedTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final byte[] ANSWER = "from the cover".getBytes(US_ASCII);
  private static final byte[] MORE = "and more".getBytes(US_ASCII);

  /** As much of one as tells it from other answers. */
  private static final byte[] SERVER_HELLO = {0x16, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3, 1, 2, 3, 4};

  /** So many say how long strangers wait. */
  private static final int ANSWERS = 8;

  /** The dial of a cover that is near comes 0.3 ms after the connection. */
  private static final int NEAR = 1;

  private final TestLoop.Pump pump;
  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // each case begins with it
  private TestGreeter test;

  UndecidedTest(TestLoop.Pump pump) {
    this.pump = pump;
  }

  @AfterEach
  void close() throws Exception {
    test.close();
  }

  @Test
  void aHelloThatWaitsForItsTurnHasNoCoverDialled() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    test.dialMicros = NEAR;
    Socket client = test.comeInTurn(TestGreeter.hello(), false);
    assertThat(test.outcomes.next()).isEqualTo("serves alice");
    expect(client, TestGreeter.FLIGHT);
    assertThat(test.site.isNotDialled()).isTrue();
  }

  @Test
  void aHelloThatAWorkerLooksForHasTheCoverDialledWhoseAnswerNoClientGets() throws Exception {
    test = TestGreeter.ofManySecrets(pump, directory);
    CountDownLatch held = test.holdWorkers();
    byte[] hello = TestGreeter.hello();
    Socket client = test.come(hello);
    Socket site = test.site.accept();
    expect(site, hello);
    site.getOutputStream().write(ANSWER);
    test.turn();
    assertThat(test.outcomes.isEmpty()).isTrue();
    held.countDown();
    assertThat(test.outcomes.next()).isEqualTo("serves alice");
    expect(client, TestGreeter.FLIGHT);
    expectEnd(site);
    assertThat(test.accounts.strangersUp().sum()).isEqualTo(hello.length);
    assertThat(test.accounts.strangersDown().sum()).isZero();
    assertThat(test.outcomes.undecided()).isZero();
    assertThat(test.outOfCrowd).hasValue(1);
    assertThat(test.waiting()).isZero();
  }

  @Test
  void ofAClientTheCoverHadNoMoreThanThePartThatCameBeforeAndThatIsCounted() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    test.dialMicros = NEAR;
    byte[] hello = TestGreeter.hello();
    Socket client = test.come(Arrays.copyOf(hello, 100));
    Socket site = test.site.accept();
    expect(site, Arrays.copyOf(hello, 100));
    client.getOutputStream().write(joined(Arrays.copyOfRange(hello, 100, hello.length), MORE));
    assertThat(test.outcomes.next()).isEqualTo("serves alice");
    assertThat(test.outcomes.rest()).isEqualTo(MORE);
    expect(client, TestGreeter.FLIGHT);
    assertThat(site.getInputStream().read()).isEqualTo(-1);
    assertThat(test.accounts.strangersUp().sum()).isEqualTo(100);
    assertThat(test.outcomes.undecided()).isZero();
  }

  /** Else its hello would be a replay, though nobody was answered. */
  @Test
  void whoLeavesBeforeItsHellosTurnIsNotJudged() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    assumeThat(pump).as("a channel sees no reset unread").isEqualTo(TestLoop.Pump.DESCRIPTORS);
    byte[] hello = TestGreeter.hello();
    test.comeInTurn(hello, true);
    await().atMost(SOON).until(() -> test.outcomes.undecided() == 0);
    test.come(hello);
    assertThat(test.outcomes.next()).isEqualTo("serves alice");
    assertThat(test.waiting()).isZero();
  }

  @Test
  void whoLeavesWhileAWorkerLooksIsNotServedByTheVerdictThatComesLate() throws Exception {
    test = TestGreeter.ofManySecrets(pump, directory);
    CountDownLatch held = test.holdWorkers();
    byte[] hello = TestGreeter.hello();
    Socket leaves = test.come(hello);
    Socket site = test.site.accept();
    expect(site, hello);
    reset(leaves);
    await().atMost(SOON).until(() -> test.outcomes.undecided() == 0);
    expectEnd(site);
    assertThat(test.waiting()).isZero();
    held.countDown();
    test.come(TestGreeter.hello());
    assertThat(test.outcomes.next()).isEqualTo("serves alice");
    test.turn();
    assertThat(test.outcomes.isEmpty()).isTrue();
    assertThat(test.outcomes.undecided()).isZero();
    assertThat(test.outOfCrowd).hasValue(1);
  }

  @Test
  void whoHalfClosesBeforeItsHelloIsWholeIsAStranger() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    byte[] part = Arrays.copyOf(TestGreeter.hello(), 100);
    Socket stranger = test.come(part);
    stranger.shutdownOutput();
    assertThat(test.outcomes.next()).isEqualTo("refuses: half-closed");
    Socket site = test.site.accept();
    expect(site, part);
    assertThat(site.getInputStream().read()).isEqualTo(-1);
    site.getOutputStream().write(ANSWER);
    expect(stranger, ANSWER);
  }

  @Test
  void whoIsJudgedByNobodyIsAStranger() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    test.fault = new RejectedExecutionException("meant to be thrown");
    test.come(TestGreeter.hello());
    assertThat(test.outcomes.next()).isEqualTo("refuses: busy");
    test.fault = new IllegalStateException("meant to be thrown");
    test.come(TestGreeter.hello());
    assertThat(test.outcomes.next()).isEqualTo("refuses: error");
  }

  @Test
  void howLongAStrangerWaitsIsMeasuredWhereTheDialIsForItsHello() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    ClientHello hello = new ClientHello(TestGreeter.hello());
    assertThat(test.greeter.strangersWait(hello)).as("nobody has waited yet").isZero();
    test.dialMicros = NEAR;
    for (int i = 0; i < ANSWERS; i++) {
      byte[] wrong = TestGreeter.wrongHello();
      Socket stranger = test.come(Arrays.copyOf(wrong, 100));
      Socket site = test.site.accept();
      stranger.getOutputStream().write(wrong, 100, wrong.length - 100);
      expectAnswered(stranger, site);
    }
    assertThat(test.greeter.strangersWait(hello)).isZero();
    test.dialMicros = 0;
    for (int i = 0; i < ANSWERS; i++) {
      Socket stranger = test.come(TestGreeter.wrongHello());
      expectAnswered(stranger, test.site.accept());
    }
    assertThat(test.greeter.strangersWait(hello)).isPositive();
  }

  private void expectAnswered(Socket stranger, Socket site) throws Exception {
    assertThat(test.outcomes.next()).isEqualTo("refuses: no secret");
    site.getOutputStream().write(SERVER_HELLO);
    expect(stranger, SERVER_HELLO);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
