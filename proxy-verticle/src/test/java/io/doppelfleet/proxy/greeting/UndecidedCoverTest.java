package io.doppelfleet.proxy.greeting;

import static io.doppelfleet.proxy.greeting.FarEnds.expect;
import static io.doppelfleet.proxy.greeting.FarEnds.expectReset;
import static io.doppelfleet.proxy.greeting.FarEnds.reset;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.proxy.leg.TestLoop;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the cover has and does before it is known whose a connection is, and what becomes of it. */
@Timeout(60)
@ParameterizedClass
@EnumSource(TestLoop.Pump.class)
final class UndecidedCoverTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final byte[] ANSWER = "from the cover".getBytes(US_ASCII);
  private static final byte[] MORE = "and more".getBytes(US_ASCII);

  /** Of a hello, if it is one. */
  private static final byte[] PART = {0x16, 3, 1};

  /** The dial of a cover that is near comes 0.3 ms after the connection. */
  private static final int NEAR = 1;

  private final TestLoop.Pump pump;
  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // each case begins with it
  private TestGreeter test;

  UndecidedCoverTest(TestLoop.Pump pump) {
    this.pump = pump;
  }

  @AfterEach
  void close() throws Exception {
    test.close();
  }

  /** And neither of them has a byte twice. */
  @Test
  void whatTheCoverSaysWhileAWorkerLooksWaitsForTheVerdict() throws Exception {
    test = TestGreeter.ofManySecrets(pump, directory);
    test.dialMicros = NEAR;
    byte[] hello = TestGreeter.wrongHello();
    Socket stranger = test.come(Arrays.copyOf(hello, 100));
    Socket site = test.site.accept();
    expect(site, Arrays.copyOf(hello, 100));
    CountDownLatch held = test.holdWorkers();
    stranger.getOutputStream().write(hello, 100, hello.length - 100);
    expect(site, Arrays.copyOfRange(hello, 100, hello.length));
    site.getOutputStream().write(ANSWER);
    test.turn();
    assertThat(test.outcomes.isEmpty()).isTrue();
    assertThat(stranger.getInputStream().available()).isZero();
    held.countDown();
    assertThat(test.outcomes.next()).isEqualTo("refuses: no secret");
    expectSpliced(stranger, site, hello.length);
  }

  @Test
  void aWrongHelloThatIsJudgedAtOnceIsTheCoversWholeAndOnce() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    test.dialMicros = NEAR;
    byte[] hello = TestGreeter.wrongHello();
    Socket stranger = test.come(Arrays.copyOf(hello, 100));
    Socket site = test.site.accept();
    expect(site, Arrays.copyOf(hello, 100));
    stranger.getOutputStream().write(hello, 100, hello.length - 100);
    assertThat(test.outcomes.next()).isEqualTo("refuses: no secret");
    expect(site, Arrays.copyOfRange(hello, 100, hello.length));
    site.getOutputStream().write(ANSWER);
    expectSpliced(stranger, site, hello.length);
  }

  @Test
  void whatTheCoverSaysUnaskedMakesAStrangerAndReachesItOnce() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    test.dialMicros = NEAR;
    Socket stranger = test.come();
    Socket site = test.site.accept();
    site.getOutputStream().write(ANSWER);
    assertThat(test.outcomes.next()).isEqualTo("refuses: the cover spoke");
    expectSpliced(stranger, site, 0);
  }

  @Test
  void aCoverThatEndsMakesAStrangerWhichSeesTheEnd() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    test.dialMicros = NEAR;
    Socket stranger = test.come();
    test.site.accept().shutdownOutput();
    assertThat(test.outcomes.next()).isEqualTo("refuses: the cover spoke");
    assertThat(stranger.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void aCoverThatResetsBeforeTheVerdictResetsTheNearEnd() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    test.dialMicros = NEAR;
    Socket near = test.come(PART);
    Socket site = test.site.accept();
    expect(site, PART); // it has connected
    reset(site);
    expectReset(near);
    assertThat(test.outcomes.undecided()).isZero();
    test.turn();
    assertThat(test.outcomes.isEmpty()).isTrue();
  }

  @Test
  void aCoverThatResetsWhileAWorkerLooksIsNoMatterToAClient() throws Exception {
    test = TestGreeter.ofManySecrets(pump, directory);
    CountDownLatch held = test.holdWorkers();
    byte[] hello = TestGreeter.hello();
    test.dialMicros = NEAR;
    Socket client = test.come(Arrays.copyOf(hello, 100));
    Socket site = test.site.accept();
    expect(site, Arrays.copyOf(hello, 100));
    client.getOutputStream().write(hello, 100, hello.length - 100);
    expect(site, Arrays.copyOfRange(hello, 100, hello.length));
    reset(site);
    test.turn();
    assertThat(test.outcomes.isEmpty()).isTrue();
    held.countDown();
    assertThat(test.outcomes.next()).isEqualTo("serves alice");
    expect(client, TestGreeter.FLIGHT);
  }

  @Test
  void whereTheCoverIsDownAClientThatIsSlowHasItsTimeAndAStrangerIsReset() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    test.dialMicros = NEAR;
    test.site.goDown();
    byte[] hello = TestGreeter.hello();
    Socket client = test.come(Arrays.copyOf(hello, 100));
    await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(test.cover::isDown);
    client.getOutputStream().write(hello, 100, hello.length - 100);
    assertThat(test.outcomes.next()).isEqualTo("serves alice");
    expect(client, TestGreeter.FLIGHT);
    expectReset(test.come(MORE));
    assertThat(test.outcomes.next()).isEqualTo("refuses: no hello");
    assertThat(test.outcomes.undecided()).isZero();
    assertThat(test.accounts.strangersUp().sum()).isZero();
  }

  @Test
  void whereTheCoverIsDownWhoSaysNothingIsResetInTime() throws Exception {
    test = new TestGreeter(pump, directory, 1, Duration.ofMillis(60));
    test.doppel.coverSeen();
    test.dialMicros = NEAR;
    test.site.goDown();
    expectReset(test.come());
    assertThat(test.outcomes.undecided()).isZero();
    test.turn();
    assertThat(test.outcomes.isEmpty()).isTrue();
  }

  @Test
  void whileItIsNotKnownWhetherTheCoverLeadsBackHereNobodyDialsIt() throws Exception {
    test = new TestGreeter(pump, directory, 1, TestGreeter.LONG);
    test.dialMicros = NEAR;
    test.come();
    test.come(MORE);
    assertThat(test.outcomes.next()).isEqualTo("refuses: no hello");
    Thread.sleep(10); // the time of both has come
    assertThat(test.site.isNotDialled()).isTrue();
    test.doppel.coverSeen();
    test.site.accept();
    test.site.accept();
  }

  private void expectSpliced(Socket stranger, Socket site, int helloLength) throws Exception {
    expect(stranger, ANSWER);
    stranger.getOutputStream().write(MORE);
    expect(site, MORE);
    site.getOutputStream().write(MORE);
    expect(stranger, MORE);
    // Bytes are sent before they are counted.
    await().atMost(SOON).until(() -> strangersUp() == helloLength + MORE.length);
    await()
        .atMost(SOON)
        .until(() -> test.accounts.strangersDown().sum() == ANSWER.length + MORE.length);
    assertThat(test.outcomes.undecided()).isZero();
    assertThat(test.waiting()).isZero();
  }

  private long strangersUp() {
    return test.accounts.strangersUp().sum();
  }
}
