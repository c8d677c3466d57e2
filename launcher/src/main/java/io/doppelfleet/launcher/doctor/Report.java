package io.doppelfleet.launcher.doctor;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.hello.HelloMould;
import io.doppelfleet.proxy.scout.Diagnosis;
import io.doppelfleet.proxy.scout.Findings;
import io.doppelfleet.proxy.scout.Pages;
import io.doppelfleet.proxy.scout.Seen;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What was found, in a screen. */
final class Report {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC);

  private final StringBuilder text = new StringBuilder();

  private Report() {}

  /** All lines. */
  static String of(
      HostPort site, List<InetSocketAddress> addresses, Findings findings, Verdict verdict) {
    Report report = new Report();
    report.text.append("The cover ").append(site).append(", asked for ");
    report.text.append(findings.host()).append("\n\n");
    report.row(
        "address",
        addresses.stream()
            .map(each -> each.getAddress().getHostAddress())
            .collect(Collectors.joining(", ")));
    report.row("", "it is in " + Neighbourhood.of(findings.address().getAddress()).words());
    report.times(findings);
    findings.sightings().keySet().forEach(mould -> report.flights(findings, mould));
    report.pages(findings);
    report.text.append("\n  ").append(verdict.text()).append('\n');
    verdict.remarks().forEach(remark -> report.text.append("  ! it ").append(remark).append('\n'));
    return report.text.toString();
  }

  private void times(Findings findings) {
    int connect = Verdict.median(Verdict.connects(findings));
    if (connect == 0) {
      row("connects", "no");
      return;
    }
    int delay = Verdict.median(Verdict.delays(findings));
    row("connects", "in " + millis(connect));
    row("answers", delay == 0 ? "not at all" : "a hello after " + millis(delay));
  }

  private static String millis(int micros) {
    return String.format("%.1f ms", micros / 1000.0);
  }

  private void flights(Findings findings, HelloMould mould) {
    row("hello", "with " + Diagnosis.name(mould));
    List<Seen.Flight> flights = findings.flights(mould);
    if (flights.isEmpty()) {
      row("", "no TLS 1.3 flight");
      return;
    }
    Seen.Flight first = flights.getFirst();
    row(
        "",
        "TLS 1.3, "
            + Diagnosis.suiteName(first.suite())
            + ", "
            + Diagnosis.groupName(first.group()));
    int records = first.sealed().size();
    row(
        "",
        records
            + (records == 1 ? " encrypted record" : " encrypted records")
            + " of "
            + IntStream.range(0, records)
                .mapToObj(at -> range(flights, at))
                .collect(Collectors.joining(" + "))
            + " bytes");
  }

  /** The lengths that one record of the flight had. */
  private static String range(List<Seen.Flight> flights, int at) {
    List<Integer> lengths =
        flights.stream()
            .map(Seen.Flight::sealed)
            .filter(all -> all.size() > at)
            .map(all -> all.get(at))
            .sorted()
            .toList();
    int least = lengths.getFirst();
    int most = lengths.getLast();
    return least == most ? String.valueOf(least) : least + ".." + most;
  }

  private void pages(Findings findings) {
    Pages pages = findings.pages();
    if (pages == null) {
      row("pages", "none (" + findings.pagesFailure() + ")");
      return;
    }
    row("protocol", pages.protocol());
    row(
        "tickets",
        pages.opening().isEmpty()
            ? "nothing comes unasked after the handshake"
            : "records of "
                + pages.opening().stream().map(String::valueOf).collect(Collectors.joining(", "))
                + " bytes come before the first response");
    row(
        "pages",
        pages.responses().size()
            + " loaded, the longest of "
            + pages.responses().stream()
                .max(Comparator.comparingLong(each -> each.bytes()))
                .orElseThrow()
                .bytes()
            + " bytes");
    row(
        "records",
        pages.steady() == 0
            ? "no page is long enough to show their length"
            : "of " + pages.steady() + " bytes in the midst of long pages");
    X509Certificate certificate = pages.certificate();
    if (certificate != null) {
      row(
          "certificate",
          (pages.objection() == null ? "valid for " + findings.host() : "not valid")
              + ", until "
              + DAY.format(certificate.getNotAfter().toInstant()));
    }
  }

  private void row(String label, String value) {
    text.append("  ").append(String.format("%-13s", label)).append(value).append('\n');
  }
}
