package io.doppelfleet.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard of a process with control and node, in Debian's Chromium. */
@Tag("waiting")
@Timeout(420)
final class DashboardPagesTest {
  @TempDir Path directory;

  @Test
  void anOperatorsDayIsPossibleInARealBrowser() throws Exception {
    String control =
        "listen: \"127.0.0.1:%d\", nodes: {listen: \"127.0.0.1:%d\"}"
            .formatted(freePort(), freePort());
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    try (StoreNode node = StoreNode.start(directory, control);
        PageSurroundings around = new PageSurroundings(node, elsewhere);
        PageDriver pages = PageDriver.start(directory, invitation())) {
      pages.run(around);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private String invitation() throws Exception {
    return Files.readString(directory.resolve("admin-link.txt")).strip();
  }
}
