package io.doppelfleet.bench.stealth.probe;

import static io.doppelfleet.bench.stealth.probe.Probe.ANSWER;
import static io.doppelfleet.bench.stealth.probe.Probe.QUIET;
import static io.doppelfleet.bench.stealth.probe.Probe.inTls;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.doppelfleet.bench.stealth.scene.Pages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Probes that wait until the server loses its patience: nginx's is 60 s, or 75 when kept alive. */
final class Waits {
  private static final Duration LONG = Duration.ofSeconds(95);

  private Waits() {}

  static List<Probe> all() {
    List<Probe> all = new ArrayList<>();
    all.add(Probe.wait("silence from the start", (wire, at) -> wire.readToEnd(LONG)));
    all.add(
        Probe.wait(
            "one byte, then silence",
            (wire, at) -> {
              wire.send(new byte[] {0x16});
              wire.readToEnd(LONG);
            }));
    all.add(
        Probe.wait(
            "cut hello, then silence",
            (wire, at) -> {
              wire.send(Arrays.copyOf(Greetings.wrong(at).bytes(), 200));
              wire.readToEnd(LONG);
            }));
    all.add(
        Probe.wait(
            "half a hello, the rest after 30 s, then silence",
            (wire, at) -> {
              byte[] hello = Greetings.wrong(at).bytes();
              wire.send(Arrays.copyOf(hello, 900));
              wire.readToEnd(Duration.ofSeconds(30));
              wire.send(Arrays.copyOfRange(hello, 900, hello.length));
              wire.readToEnd(LONG);
            }));
    all.add(
        Probe.wait(
            "flight, then silence",
            (wire, at) -> {
              wire.send(Greetings.wrong(at).bytes());
              wire.readToEnd(LONG);
            }));
    all.add(Probe.wait("handshake, then silence", inTls((talk, wire) -> talk.readToEnd(LONG))));
    all.add(
        Probe.wait(
            "half a request, then silence",
            inTls(
                (talk, wire) -> {
                  talk.send("GET / HT".getBytes(US_ASCII));
                  talk.readToEnd(LONG);
                })));
    all.add(
        Probe.wait(
            "kept alive, then silence",
            inTls(
                (talk, wire) -> {
                  talk.send(Visits.get(Pages.FRONT, ""));
                  talk.readToEnd(LONG);
                })));
    all.add(
        Probe.wait(
            "kept alive, 50 s, GET, then silence",
            inTls(
                (talk, wire) -> {
                  talk.send(Visits.get(Pages.FRONT, ""));
                  talk.readBurst(QUIET);
                  talk.readToEnd(Duration.ofSeconds(50));
                  talk.send(Visits.get(Pages.FRONT, ""));
                  talk.readToEnd(LONG);
                })));
    all.add(
        Probe.wait(
            "POST cut, then silence",
            inTls(
                (talk, wire) -> {
                  talk.send(Visits.post(300_000, 100_000));
                  talk.readBurst(ANSWER);
                  talk.readToEnd(LONG);
                })));
    return all;
  }
}
