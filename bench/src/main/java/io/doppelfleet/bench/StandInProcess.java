package io.doppelfleet.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import picocli.CommandLine.ExitCode;

/** How a stand-in in a process of its own speaks with who started it. */
final class StandInProcess {
  private StandInProcess() {}

  /**
   * Prints the address and waits until standard input ends: then the one who started it is gone.
   */
  static int serve(InetSocketAddress address) throws IOException {
    System.out.println(address.getAddress().getHostAddress() + ":" + address.getPort());
    System.out.flush();
    System.in.transferTo(OutputStream.nullOutputStream());
    return ExitCode.OK;
  }
}
