package io.doppelfleet.bench;

import io.doppelfleet.bench.datacenter.DatacenterKey;
import io.doppelfleet.bench.datacenter.StandInDatacenter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
    name = "datacenter",
    mixinStandardHelpOptions = true,
    description = "Runs the stand-in data centre until standard input ends; prints its address.")
final class DatacenterCommand implements Callable<Integer> {

  /** So that a transfer and the echoes beside it don't all wait for one loop. */
  private static final int LOOPS = 2;

  @Override
  public Integer call() throws Exception {
    try (StandInDatacenter datacenter = start()) {
      return StandInProcess.serve(datacenter.address());
    }
  }

  private static StandInDatacenter start() throws IOException {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return StandInDatacenter.start(List.of(free), DatacenterKey.generate(), LOOPS);
  }
}
