package io.doppelfleet.launcher.forms;

import io.doppelfleet.control.peer.Letter;
import io.doppelfleet.fleet.FleetLeases;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.SeenHellos;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.InflaterInputStream;

/** The letters between the controls of a store that {@code forms/1} has. */
final class Letters1 {
  /** What is said in one of what nodes say, and of rules. */
  private static final Set<Class<? extends FleetMessage>> SAID =
      Set.of(
          NodeReport.class,
          NodeHealth.class,
          NodeLeases.class,
          FleetLeases.class,
          SeenHellos.class);

  private static final String OTHER = "1.1795866000000";

  private Letters1() {}

  /**
   * One with all that there may be, one with as little as there may be, and one of a control that
   * divides limits.
   */
  static List<Letter> letters() {
    return List.of(
        new Letter(
            new Letter.Speaker(
                2,
                new HostPort("control.example.org", 8443),
                0,
                "c29tZSByYW5kb20gb25lcw==",
                Map.of(OTHER, "b3RoZXJzIG9mIGFub3RoZXI=")),
            said(SAID),
            said(Set.of(SeenHellos.class)),
            List.of("node-4", "node-5"),
            List.of(new Letter.Question(OTHER, 7, "node-3", "{\"message\":\"ban-question\"}")),
            List.of(
                new Letter.Answer(OTHER, 8, "{\"message\":\"ban-answer\"}"),
                new Letter.Answer(OTHER, 9, null)),
            List.of(new Letter.Drain(OTHER, 10, "node-3", 300)),
            true),
        new Letter(
            new Letter.Speaker(1, null, 0, "b3RoZXJzIG9mIGFub3RoZXI=", Map.of()),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            false),
        new Letter(
            new Letter.Speaker(3, null, 4, "YWdhaW4gcmFuZG9tIG9uZXM=", Map.of()),
            List.of(),
            List.of(),
            List.of(),
            List.of(new Letter.Question("", 0, "control", "{\"message\":\"limit-question\"}")),
            List.of(),
            List.of(),
            false));
  }

  private static List<FleetMessage> said(Set<Class<? extends FleetMessage>> kinds) {
    return Words1.messages().stream().filter(each -> kinds.contains(each.getClass())).toList();
  }

  /** The text of one, which is the same each time: how it is deflated is the platform's. */
  static byte[] text(byte[] letter) throws IOException {
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(letter))) {
      return in.readAllBytes();
    }
  }
}
