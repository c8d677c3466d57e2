package io.doppelfleet.launcher.forms;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.launcher.state.Context;
import io.doppelfleet.launcher.state.ContextFile;
import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.Traffic;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloKind;
import io.doppelfleet.proxy.hello.MalformedHelloException;
import io.doppelfleet.proxy.link.NodeIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What the files of a node and of a user of commands hold that {@code forms/1} has. */
final class Files1 {
  static final NodeIdentity IDENTITY =
      new NodeIdentity(
          "paris",
          "node-3",
          new HostPort("control.example.org", 8443),
          Words1.octets(50, 0x11),
          Words1.octets(300, 0x22),
          Words1.octets(301, 0x33),
          Words1.octets(44, 0x44),
          Words1.octets(32, 0x55));

  static final List<TrafficReport> UNTOLD =
      List.of(
          new TrafficReport(
              new Stamp("node-3", 4, 9),
              List.of(new TrafficReport.Count("alice", 2, 100, 200, 3, 0))),
          new TrafficReport(
              new Stamp("node-3", 0, 1), List.of(new TrafficReport.Count("bob", 1, 1, 2, 1, 0))));

  static final ContextFile.Contexts CONTEXTS =
      new ContextFile.Contexts(null, Map.of())
          .with(new Context("home", "http://127.0.0.1:8080", "api1.bbbb", null, null))
          .with(
              new Context(
                  "work", "https://control.example.org", "api1.aaaa", "PEM", "ab".repeat(32)));

  static final Profile PROFILE =
      new Profile(
          new HostPort("www.example.org", 443),
          Instant.parse("2026-11-25T07:25:18.123456Z"),
          List.of(412, 398),
          List.of(
              new FlightModel(
                  "a.example.org",
                  new HelloKind("0123456789abcdef"),
                  true,
                  0x1302,
                  0x11ec,
                  List.of(43, 51),
                  List.of(new FlightModel.Answer(List.of(36, 441, 96, 53), 950)))),
          new Traffic(
              "h2",
              16_401,
              List.of(255, 255),
              List.of(new Traffic.Response(List.of(255, 255, 190), List.of(900, 0, 0), 700)),
              List.of(new Traffic.Response(List.of(330, 16_401), List.of(1200, 0), 16_731))));

  /** How many a file of replays has room for at least: it is of one bucket then. */
  static final int HELLOS = 1;

  static final Duration TOLERANCE = Duration.ofMinutes(2);

  /** When each hello was sent. */
  static final long SENT = 1_795_419_650L;

  private Files1() {}

  /** One that is told apart by this number. */
  static ClientHello hello(int number) throws MalformedHelloException {
    byte[] record = new byte[5 + 4 + 2 + 32 + 1 + 2 + 1];
    record[11] = (byte) number;
    return new ClientHello(record);
  }
}
