package io.doppelfleet.bench;

import io.doppelfleet.bench.yardstick.PlainRelay;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "relay",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the yardstick, a plain relay, until standard input ends; prints an address for each",
      "size of its reads."
    })
final class RelayCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "HOST:PORT",
      converter = AddressConverter.class,
      description = "Where all connections go.")
  private InetSocketAddress target = new InetSocketAddress(0);

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "KB", description = "Sizes of reads.")
  private List<Integer> sizes = List.of();

  @Override
  public Integer call() throws Exception {
    try (PlainRelay relay =
        PlainRelay.start(target, sizes.stream().map(size -> size * 1024).toList())) {
      return StandInProcess.serve(relay.addresses());
    }
  }
}
