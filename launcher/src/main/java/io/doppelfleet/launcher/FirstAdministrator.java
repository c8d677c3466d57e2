package io.doppelfleet.launcher;

import io.doppelfleet.control.ControlVerticle;
import io.doppelfleet.launcher.screen.Terminal;
import io.doppelfleet.launcher.state.AdminLink;
import io.doppelfleet.launcher.state.StateException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the first administrator of a fleet comes in: by a link, once, within a day. */
final class FirstAdministrator {
  private static final Logger LOG = LoggerFactory.getLogger(FirstAdministrator.class);

  private FirstAdministrator() {}

  /**
   * Shows the link on a terminal, else leaves it in the state directory; takes away one of before.
   *
   * @throws StateException when that can't be
   */
  static void invite(ControlVerticle control, Path state) throws StateException {
    Path file = AdminLink.fileIn(state);
    String link = control.invitationLink();
    if (link == null) {
      AdminLink.remove(file);
      return;
    }
    if (Terminal.isThere()) {
      System.out.print(
          "\n  the first administrator sets a password here, within a day:\n  " + link + "\n");
      System.out.flush();
    } else {
      AdminLink.write(file, link);
      LOG.info("the first administrator's link is in {}", file);
    }
  }
}
