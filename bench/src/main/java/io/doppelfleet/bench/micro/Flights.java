package io.doppelfleet.bench.micro;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.greeting.Greeter;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloKind;
import io.doppelfleet.proxy.welcome.Welcome;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The server's flight for a hello, key share and digest included. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = Micro.FLAG)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Flights {
  /** Of the hello. */
  @Param public HelloShape shape = HelloShape.CLASSIC;

  private final byte[] key = new byte[Secret.KEY_LENGTH];

  @SuppressWarnings("NullAway.Init") // JMH calls make() first
  private Welcome welcome;

  @SuppressWarnings("NullAway.Init") // JMH calls make() first
  private ClientHello hello;

  /** Makes the hello, and a cover that is known to answer such hellos. */
  @Setup
  public void make() {
    hello = shape.parsed(Secret.of(key, Micro.HOST));
    welcome = welcome(shape, hello);
  }

  /** What answers hellos of this shape as a cover does that is known. */
  static Welcome welcome(HelloShape shape, ClientHello hello) {
    FlightModel known =
        new FlightModel(
            Micro.HOST,
            HelloKind.of(hello),
            shape == HelloShape.HYBRID,
            0x1302,
            shape == HelloShape.HYBRID ? ClientHello.X25519_MLKEM768 : ClientHello.X25519,
            List.of(43, 51),
            List.of(new FlightModel.Answer(List.of(36, 441, 96, 53), 900)));
    HostPort site = new HostPort(Micro.HOST, 443);
    return new Welcome(
        new SecureRandom(),
        new Doppel(new Profile(site, Instant.EPOCH, List.of(), List.of(known), null)));
  }

  /** What the profile is looked up by. */
  @Benchmark
  public HelloKind kind() {
    return HelloKind.of(hello);
  }

  /** From the hello's fields to the bytes to send. */
  @Benchmark
  public Greeter.@Nullable Flight flight() {
    return welcome.flight(hello, key);
  }
}
