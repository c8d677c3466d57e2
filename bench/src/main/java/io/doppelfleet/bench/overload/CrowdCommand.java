package io.doppelfleet.bench.overload;

import io.doppelfleet.bench.measure.Secrets;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.load.HelloFlood;
import io.doppelfleet.standin.load.LoadClients;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/** Others than those who are measured, until standard input ends. */
@Command(name = "crowd", hidden = true)
final class CrowdCommand implements Callable<Integer> {
  /** Another one than that of the clients who are measured. */
  static final int DATACENTER = 4;

  @Parameters(index = "0")
  private Kind kind = Kind.HELD;

  @Parameters(index = "1")
  private String node = "";

  @Parameters(index = "2")
  private String secret = "";

  @Parameters(index = "3")
  private int count;

  /** The most hellos a second, of a flood. */
  @Parameters(index = "4")
  private int rate;

  /**
   * What they do, in this order: answers to right hellos take as long as those to strangers took in
   * the last quarter of a minute, and that delay would slow the flood.
   */
  enum Kind {
    /** They come, talk and stay, and now and then one leaves and another comes. */
    HELD,
    /** They send right hellos and leave. */
    HELLOS,
    /** They send hellos of no secret. */
    STRANGERS
  }

  @Override
  public Integer call() throws Exception {
    HostPort address = HostPort.parse(node);
    try (LoadClients clients =
            new LoadClients(new InetSocketAddress(address.host(), address.port()), DATACENTER, 1);
        Comers comers = new Comers(clients, hellos(Hellos::hybrid))) {
      switch (kind) {
        case HELD -> comers.begin(count);
        case STRANGERS ->
            new HelloFlood(clients, hellos(of -> Hellos.classic(of).withWrongDigest()))
                .begin(count, rate);
        case HELLOS -> new HelloFlood(clients, hellos(Hellos::classic)).begin(count, rate);
      }
      System.out.println(kind);
      System.out.flush();
      System.in.transferTo(OutputStream.nullOutputStream());
      return ExitCode.OK;
    }
  }

  private Supplier<ClientHello> hellos(Function<Secret, Hellos> shape) {
    return new Secrets(List.of(new NamedSecret("crowd", Secret.parse(secret)))).hellos(shape);
  }
}
