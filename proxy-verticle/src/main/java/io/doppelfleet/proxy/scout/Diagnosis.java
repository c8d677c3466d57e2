package io.doppelfleet.proxy.scout;

import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.hello.HelloMould;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What findings mean to an operator, in words. */
public final class Diagnosis {
  /** What iOS takes. */
  private static final int LONGEST_SEALED = 10_240;

  private final Findings findings;
  private final Map<Trouble.Kind, Trouble> troubles = new EnumMap<>(Trouble.Kind.class);

  private Diagnosis(Findings findings) {
    this.findings = findings;
  }

  /** What is wrong with the site, the worst first; one of each kind. */
  public static List<Trouble> of(Findings findings) {
    Diagnosis diagnosis = new Diagnosis(findings);
    findings
        .sightings()
        .values()
        .forEach(all -> all.forEach(sighting -> diagnosis.judge(sighting.seen())));
    diagnosis.judgePages();
    return List.copyOf(diagnosis.troubles.values());
  }

  private void judge(Seen seen) {
    switch (seen) {
      case Seen.Flight flight -> judge(flight);
      case Seen.Retry retry ->
          add(
              Trouble.Kind.RETRY,
              String.format(
                  "asks Telegram's clients for a key share of %s (HelloRetryRequest), and they have no"
                      + " answer to that: let it take X25519 (nginx: ssl_ecdh_curve"
                      + " X25519MLKEM768:X25519:prime256v1), or take another site",
                  groupName(retry.group())));
      case Seen.Older older ->
          add(
              Trouble.Kind.OLDER_TLS,
              String.format(
                  "speaks %s to clients that offer TLS 1.3, which is all that they can take: turn TLS"
                      + " 1.3 on (nginx: ssl_protocols TLSv1.3), or take another site",
                  older.version() == 0x0303 ? "TLS 1.2" : "an old TLS"));
      case Seen.Alert alert ->
          add(
              Trouble.Kind.REFUSES,
              String.format(
                  "refuses Telegram's clients for the name %s (TLS alert %d): take a site that knows the"
                      + " name and takes X25519",
                  findings.host(), alert.description()));
      case Seen.Ended ended ->
          add(
              Trouble.Kind.REFUSES,
              String.format(
                  "ends the connection of Telegram's clients without an answer for the name %s: take a"
                      + " site that knows it",
                  findings.host()));
      case Seen.Garbage garbage ->
          add(
              Trouble.Kind.GARBAGE,
              "answers a TLS hello with something that is no TLS: set proxy.cover to the port of the"
                  + " site's HTTPS");
      case Seen.Slow slow ->
          add(
              Trouble.Kind.SLOW,
              "doesn't answer a hello in time: take a site that is nearer or has less to do");
      case Seen.Endless endless ->
          add(
              Trouble.Kind.ENDLESS,
              "answers a hello with a flight that doesn't end: that is no web site; take another");
      case Seen.Unreachable unreachable ->
          add(
              Trouble.Kind.UNREACHABLE,
              String.format(
                  "can't be reached (%s): strangers meet a closed door", unreachable.why()));
    }
  }

  private void judge(Seen.Flight flight) {
    int joined = new FlightModel.Answer(flight.sealed(), 0).joined();
    if (joined > LONGEST_SEALED) {
      add(
          Trouble.Kind.TOO_LONG,
          String.format(
              "answers a hello with %d encrypted bytes, clients take %d at most, and who counts bytes"
                  + " sees it: give it a shorter chain of certificates, best with ECDSA keys",
              joined, LONGEST_SEALED));
    }
    if (flight.sealed().size() > 1) {
      add(
          Trouble.Kind.SEVERAL_RECORDS,
          String.format(
              "answers a hello with %d encrypted records (%s bytes), clients take one; ours is as long"
                  + " as all of them, and who counts records sees it: the built-in site and servers on"
                  + " BoringSSL send one",
              flight.sealed().size(),
              flight.sealed().stream().map(String::valueOf).collect(Collectors.joining("+"))));
    }
  }

  private void judgePages() {
    Pages pages = findings.pages();
    if (pages != null && pages.objection() != null) {
      add(
          Trouble.Kind.CERTIFICATE,
          String.format(
              "has a certificate that visitors of %s are warned of (%s): give it one that is valid for"
                  + " the name, or set the host name in the secrets to a name that it has",
              findings.host(), pages.objection()));
    }
    if (findings.any() && findings.pagesFailure() != null) {
      add(
          Trouble.Kind.NO_PAGES,
          String.format(
              "answers hellos, but no page of %s can be loaded (%s): records are cut as most servers cut"
                  + " them, which need not be its manner",
              findings.host(), findings.pagesFailure()));
    }
  }

  private void add(Trouble.Kind kind, String text) {
    troubles.putIfAbsent(kind, new Trouble(kind, text));
  }

  /** A group's name, or its number. */
  public static String groupName(int group) {
    return switch (group) {
      case 0x17 -> "secp256r1";
      case 0x18 -> "secp384r1";
      case 0x19 -> "secp521r1";
      case 0x1d -> "X25519";
      case 0x11ec -> "X25519MLKEM768";
      default -> String.format("group 0x%04x", group);
    };
  }

  /** A suite's name, or its number. */
  public static String suiteName(int suite) {
    return switch (suite) {
      case 0x1301 -> "TLS_AES_128_GCM_SHA256";
      case 0x1302 -> "TLS_AES_256_GCM_SHA384";
      case 0x1303 -> "TLS_CHACHA20_POLY1305_SHA256";
      default -> String.format("suite 0x%04x", suite);
    };
  }

  /** As an operator calls a kind of hello. */
  public static String name(HelloMould mould) {
    return mould.hybrid() ? "X25519MLKEM768 and X25519" : "X25519 alone";
  }
}
