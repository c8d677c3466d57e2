package io.doppelfleet.bench.stealth.probe;

import static io.doppelfleet.bench.stealth.probe.Probe.ANSWER;
import static io.doppelfleet.bench.stealth.probe.Probe.QUIET;
import static io.doppelfleet.bench.stealth.probe.Probe.SOON;
import static io.doppelfleet.bench.stealth.probe.Probe.raw;
import static io.doppelfleet.bench.stealth.probe.Probe.tls;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.doppelfleet.bench.stealth.scene.Pages;
import io.doppelfleet.bench.stealth.scene.Site;
import io.doppelfleet.bench.stealth.wire.TlsTalk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Probes that are true visits, and what may go wrong in one. */
final class Visits {
  private static final int POSTED = 300_000;
  private static final Duration DOWNLOAD = Duration.ofSeconds(20);

  private Visits() {}

  static List<Probe> all() {
    List<Probe> all = new ArrayList<>();
    all.add(asked("GET, close", get(Pages.FRONT, "close")));
    all.add(asked("HEAD", request("HEAD", Pages.FRONT, "close", "")));
    all.add(asked("404", get("/missing", "close")));
    all.add(asked("HTTP/1.0", "GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII)));
    all.add(asked("no HTTP inside TLS", "BLAH\r\n\r\n".getBytes(US_ASCII)));
    all.add(
        asked(
            "40 KB of header",
            request("GET", "/", "close", "X-A: " + "a".repeat(40_000) + "\r\n")));
    all.add(
        asked(
            "foreign Host",
            "GET / HTTP/1.1\r\nHost: www.example.net\r\nConnection: close\r\n\r\n"
                .getBytes(US_ASCII)));
    all.add(
        asked(
            "three GETs at once",
            join(get("/", ""), get(Pages.FRONT, ""), get("/missing", "close"))));
    all.add(asked("POST of 300 KB", post(POSTED, POSTED)));
    all.add(asked("download, close", get(Pages.DOWNLOAD, "close")));
    all.add(
        tls(
            "GET, keep-alive, GET",
            (talk, wire) -> {
              talk.send(get(Pages.FRONT, ""));
              talk.readBurst(ANSWER);
              talk.send(get("/missing", "close"));
              wire.finish(ANSWER);
            }));
    all.add(
        tls(
            "GET, keep-alive, close_notify",
            (talk, wire) -> {
              talk.send(get(Pages.FRONT, ""));
              talk.readBurst(ANSWER);
              talk.closeNotify();
              wire.finish(ANSWER);
            }));
    all.add(
        tls(
            "GET, keep-alive, half-close",
            (talk, wire) -> {
              talk.send(get(Pages.FRONT, ""));
              talk.readBurst(ANSWER);
              wire.halfClose();
              wire.finish(ANSWER);
            }));
    all.add(
        tls(
            "GET with close_notify",
            (talk, wire) -> {
              talk.send(get(Pages.FRONT, ""));
              talk.closeNotify();
              wire.finish(ANSWER);
            }));
    all.add(
        tls(
            "GET with half-close",
            (talk, wire) -> {
              talk.send(get(Pages.FRONT, ""));
              wire.halfClose();
              wire.finish(ANSWER);
            }));
    all.add(
        tls(
            "download with half-close",
            (talk, wire) -> {
              talk.send(get(Pages.DOWNLOAD, ""));
              wire.cutByChance(Pages.DOWNLOAD_LENGTH);
              wire.halfClose();
              wire.finish(DOWNLOAD);
            }));
    all.add(
        tls(
            "download, close_notify in its midst",
            (talk, wire) -> {
              talk.send(get(Pages.DOWNLOAD, "close"));
              talk.readUntil(100_000, ANSWER);
              wire.cutByChance(Integer.MAX_VALUE);
              talk.closeNotify();
              wire.finish(DOWNLOAD);
            }));
    all.add(
        tls(
            "download, reset in its midst",
            (talk, wire) -> {
              talk.send(get(Pages.DOWNLOAD, ""));
              talk.readUntil(1, ANSWER);
              wire.cutByChance(Integer.MAX_VALUE);
              wire.reset();
            }));
    all.add(
        tls(
            "close_notify at once",
            (talk, wire) -> {
              talk.closeNotify();
              wire.finish(ANSWER);
            }));
    all.add(
        tls(
            "close_notify, then data",
            (talk, wire) -> {
              talk.closeNotify();
              wire.send(HexFormat.of().parseHex("1703030020" + "ab".repeat(32)));
              wire.finish(ANSWER);
            }));
    all.add(
        tls(
            "half-close after the handshake",
            (talk, wire) -> {
              wire.halfClose();
              wire.finish(ANSWER);
            }));
    all.add(
        tls(
            "half a request, half-close",
            (talk, wire) -> {
              talk.send(Arrays.copyOf(get(Pages.FRONT, ""), 20));
              wire.halfClose();
              wire.finish(ANSWER);
            }));
    all.add(
        tls(
            "POST cut, half-close",
            (talk, wire) -> {
              talk.send(post(POSTED, 100_000));
              wire.halfClose();
              wire.finish(ANSWER);
            }));
    all.add(
        tls(
            "POST cut, silence",
            (talk, wire) -> {
              talk.send(post(POSTED, 100_000));
              wire.finish(SOON);
            }));
    all.add(broken("garbage record after the handshake", "1703030028" + "5a".repeat(40)));
    all.add(broken("plain GET after the handshake", HexFormat.of().formatHex(get("/", ""))));
    all.add(broken("plain alert after the handshake", "15030300020100"));
    all.add(broken("hello after the handshake", "160301002001" + "00".repeat(31)));
    all.add(with("no ALPN", Site.HOST, List.of("TLSv1.3"), List.of()));
    all.add(with("foreign ALPN", Site.HOST, List.of("TLSv1.3"), List.of("imap")));
    all.add(with("TLS 1.2 alone", Site.HOST, List.of("TLSv1.2"), List.of("http/1.1")));
    all.add(with("foreign SNI, GET", "www.example.net", List.of("TLSv1.3"), List.of("http/1.1")));
    all.add(with("no SNI, GET", "", List.of("TLSv1.3"), List.of("http/1.1")));
    all.add(
        raw(
            "ALPN h2, preface and SETTINGS",
            (wire, at) -> {
              TlsTalk talk =
                  new TlsTalk(wire, Site.HOST, List.of("TLSv1.3"), List.of("h2", "http/1.1"));
              at.inside(talk);
              talk.handshake();
              talk.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(US_ASCII));
              talk.readBurst(ANSWER);
              wire.halfClose();
              wire.finish(ANSWER);
            }));
    return all;
  }

  private static Probe asked(String name, byte[] request) {
    return tls(
        name,
        (talk, wire) -> {
          talk.send(request);
          wire.finish(DOWNLOAD);
        });
  }

  private static Probe broken(String name, String hex) {
    return tls(
        name,
        (talk, wire) -> {
          wire.readBurst(QUIET);
          wire.send(HexFormat.of().parseHex(hex));
          wire.finish(SOON);
        });
  }

  private static Probe with(String name, String sni, List<String> versions, List<String> alpn) {
    return raw(
        name,
        (wire, at) -> {
          TlsTalk talk = new TlsTalk(wire, sni, versions, alpn);
          at.inside(talk);
          talk.handshake();
          talk.send(get(Pages.FRONT, "close"));
          wire.finish(ANSWER);
        });
  }

  static byte[] get(String path, String connection) {
    return request("GET", path, connection, "");
  }

  private static byte[] request(String method, String path, String connection, String more) {
    String close = connection.isEmpty() ? "" : "Connection: " + connection + "\r\n";
    return "%s %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\n"
        .formatted(method, path, Site.HOST, close, more)
        .getBytes(US_ASCII);
  }

  /** The head of a POST and as much of its body. */
  static byte[] post(int announced, int sent) {
    byte[] head = request("POST", Pages.FRONT, "close", "Content-Length: " + announced + "\r\n");
    return Arrays.copyOf(head, head.length + sent);
  }

  private static byte[] join(byte[]... parts) {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
