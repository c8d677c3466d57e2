package io.doppelfleet.bench.soak;

import io.doppelfleet.bench.fleet.BenchControl;
import io.doppelfleet.bench.measure.Sheet;
import io.doppelfleet.fleet.Secret;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The load on two nodes, of which the second is killed half way. */
final class Soak {
  /** Of resident memory, in the time that is looked at: less is the collector's moods. */
  private static final double FLAT = 0.05;

  /** Files that the process may have open more than at the start: of its pools and libraries. */
  private static final int FILES = 16;

  private static final long DEAD_MILLIS = 5_000;
  private static final int BACK_SECONDS = 60;
  private static final int EMPTY_SECONDS = 60;

  private final BenchControl control;
  private final SoakNode first;
  private final SoakNode other;
  private final Size size;
  private final Consumer<String> out;
  private final Tally tally = new Tally();
  private final Minutes minutes = new Minutes();
  private int missing;
  private long doneBefore;
  private long bytesBefore;

  /**
   * How much.
   *
   * @param held connections of both nodes together
   * @param minutes so long
   * @param minuteSeconds how long a minute is; less than 60 to see that all works
   */
  record Size(int held, int minutes, int minuteSeconds) {}

  Soak(BenchControl control, SoakNode first, SoakNode other, Size size, Consumer<String> out) {
    this.control = control;
    this.first = first;
    this.other = other;
    this.size = size;
    this.out = out;
  }

  /** Prints a line a minute, and what it came to into the sheet. */
  void run(Secret secret, Probes probes, Sheet sheet)
      throws IOException, InterruptedException, GeneralSecurityException {
    int files = first.costs().openFiles();
    int filesOfOther = other.costs().openFiles();
    try (Actors actors = new Actors();
        Clients atFirst = new Clients(first, secret, tally, actors);
        Clients atOther = new Clients(other, secret, tally, actors)) {
      atFirst.begin(size.held() / 2);
      atOther.begin(size.held() - size.held() / 2);
      new Strangers(first, secret, probes, tally).begin(actors);
      new Strangers(other, secret, probes, tally).begin(actors);
      say(Minutes.head());
      while (minutes.count() < size.minutes()) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(size.minuteSeconds());
        if (minutes.count() == size.minutes() / 2) {
          kill();
        }
        TimeUnit.NANOSECONDS.sleep(Math.max(0, end - System.nanoTime()));
        look();
      }
      actors.close(); // before the clients, which would cut what is under way
    }
    int left = first.emptied(EMPTY_SECONDS);
    memory(sheet);
    sheet.title("what was lost");
    sheet.add("failed messages, visits, probes and transfers", (double) tally.failed(), "", 0);
    sheet.add("lost by the kill", (double) tally.lost(), "");
    sheet.add("clients that did not come again after it", missing, "", 0);
    sheet.title("what is left when all have gone");
    left(sheet, "the first node", first, left, files);
    left(sheet, "the other node", other, other.emptied(EMPTY_SECONDS), filesOfOther);
    List<String> faults = faults();
    sheet.add("faults in the logs", faults.size(), "", 0);
    faults.stream().limit(5).forEach(this::say);
    if (tally.failed() > 0) {
      say("the first that failed: " + tally.firstFailure());
    }
  }

  private static void left(Sheet sheet, String name, SoakNode node, int connections, int files)
      throws IOException {
    sheet.add("connections of " + name, connections, "", 0);
    sheet.add("bytes that wait in it", node.metric("doppelfleet_waiting_bytes"), "", 0);
    sheet.add("open files more than before", node.costs().openFiles() - files, "", FILES);
  }

  private void kill() throws IOException, InterruptedException {
    say("the other node is killed");
    other.killAndStart(DEAD_MILLIS);
    int held = size.held() - size.held() / 2;
    int back = clients(other);
    for (int i = 0; i < BACK_SECONDS && back < held; i++) {
      TimeUnit.SECONDS.sleep(1);
      back = clients(other);
    }
    say("the other node is back, with " + back + " clients");
    missing = Math.max(0, held - back);
    other.isBack();
  }

  private static int clients(SoakNode node) throws IOException {
    return (int) node.metric("doppelfleet_connections{kind=\"client\"}");
  }

  private void look() throws IOException {
    long done = tally.done();
    long bytes = tally.bytes();
    Minutes.Row row =
        new Minutes.Row(
            first.costs().residentBytes(),
            other.costs().residentBytes(),
            control.costs().residentBytes(),
            first.costs().openFiles(),
            (int) first.metric("doppelfleet_connections"),
            (long) first.metric("doppelfleet_waiting_bytes"),
            done - doneBefore,
            bytes - bytesBefore,
            tally.p99(),
            tally.failed(),
            tally.lost());
    doneBefore = done;
    bytesBefore = bytes;
    minutes.add(row);
    say(row.text(minutes.count()));
  }

  private void memory(Sheet sheet) {
    Minutes.Memory ofFirst = minutes.memory(Minutes.Row::resident, 0);
    sheet.title("memory of the first node, in the last three quarters");
    sheet.add("resident", ofFirst.resident() / 1e6, "MB");
    sheet.add("growth", ofFirst.slope() / 1e3, "KB a minute");
    if (size.minuteSeconds() == 60 && size.minutes() >= 10) {
      sheet.add("that in all", 100 * ofFirst.growth(), "%", 100 * FLAT);
    } else {
      sheet.add("that in all", 100 * ofFirst.growth(), "%");
    }
    Minutes.Memory ofOther = minutes.memory(Minutes.Row::other, size.minutes() / 2);
    sheet.add("growth of the other one since it is back", 100 * ofOther.growth(), "%");
    Minutes.Memory ofControl = minutes.memory(Minutes.Row::control, 0);
    sheet.add("growth of the control", 100 * ofControl.growth(), "%");
  }

  private List<String> faults() throws IOException {
    List<String> faults = new ArrayList<>(first.faults());
    faults.addAll(other.faults());
    faults.addAll(Faults.in(control.log()));
    return faults;
  }

  private void say(String line) {
    out.accept(line);
  }
}
