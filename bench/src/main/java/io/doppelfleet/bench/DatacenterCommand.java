package io.doppelfleet.bench;

import io.doppelfleet.standin.datacenter.DatacenterKey;
import io.doppelfleet.standin.datacenter.StandInDatacenter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "datacenter",
    mixinStandardHelpOptions = true,
    description = "Runs the stand-in data centre until standard input ends; prints its address.")
final class DatacenterCommand implements Callable<Integer> {

  /** So that a transfer and the echoes beside it don't all wait for one loop. */
  private static final int LOOPS = 2;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      defaultValue = "127.0.0.1:0",
      converter = AddressConverter.class,
      description = "Where to listen; port 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private InetSocketAddress listen = new InetSocketAddress(0);

  @Override
  public Integer call() throws Exception {
    try (StandInDatacenter datacenter = start()) {
      return StandInProcess.serve(datacenter.addresses());
    }
  }

  private StandInDatacenter start() throws IOException {
    return StandInDatacenter.start(List.of(listen), DatacenterKey.generate(), LOOPS);
  }
}
