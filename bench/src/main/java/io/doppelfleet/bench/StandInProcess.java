package io.doppelfleet.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.ExitCode;

/** How a stand-in in a process of its own speaks with who started it. */
final class StandInProcess {
  private StandInProcess() {}

  /**
   * Prints the addresses and waits until standard input ends: then the one who started it is gone.
   */
  static int serve(List<InetSocketAddress> addresses) throws IOException {
    System.out.println(
        addresses.stream()
            .map(address -> address.getAddress().getHostAddress() + ":" + address.getPort())
            .collect(Collectors.joining(" ")));
    System.out.flush();
    System.in.transferTo(OutputStream.nullOutputStream());
    return ExitCode.OK;
  }
}
