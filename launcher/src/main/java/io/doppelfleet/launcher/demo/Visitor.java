package io.doppelfleet.launcher.demo;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.load.Bulk;
import io.doppelfleet.standin.load.Download;
import io.doppelfleet.standin.load.Echo;
import io.doppelfleet.standin.load.Upload;

/** One of them. Most talk for a while, some fetch or send a file; times are in milliseconds. */
final class Visitor {
  private static final int FILE_BYTES = 16 * 1024;

  private final Visitors all;
  private final Secret secret;

  Visitor(Visitors all, Secret secret) {
    this.all = all;
    this.secret = secret;
  }

  /** Once, and then again and again. */
  void come() {
    int wish = all.between(1, 20);
    if (wish > 5) {
      talk();
    } else {
      int bytes = FILE_BYTES << all.between(0, 6);
      move(wish == 1 ? new Upload(bytes) : new Download(bytes));
    }
  }

  private void move(Bulk file) {
    all.open(secret, file);
    file.done().whenComplete((moved, why) -> comeAgain(why != null));
  }

  private void talk() {
    Echo echo = new Echo();
    all.open(secret, echo);
    int messages = all.between(5, 40);
    echo.first().whenComplete((answered, why) -> goOn(echo, messages, why != null));
  }

  private void goOn(Echo echo, int messages, boolean lost) {
    if (lost) {
      comeAgain(true);
    } else if (messages == 0) {
      echo.close();
      comeAgain(false);
    } else {
      all.after(
          600 + 80 * (messages % 40),
          () -> echo.send().whenComplete((answered, why) -> goOn(echo, messages - 1, why != null)));
    }
  }

  /** Whom a node didn't serve waits longer. On any thread. */
  private void comeAgain(boolean lost) {
    all.after(
        0, () -> all.after(lost ? all.between(2_000, 8_000) : all.between(200, 3_000), this::come));
  }
}
