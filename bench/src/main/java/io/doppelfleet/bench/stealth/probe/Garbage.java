package io.doppelfleet.bench.stealth.probe;

import static io.doppelfleet.bench.stealth.probe.Probe.ANSWER;
import static io.doppelfleet.bench.stealth.probe.Probe.SOON;
import static io.doppelfleet.bench.stealth.probe.Probe.raw;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.doppelfleet.bench.stealth.scene.Site;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/** Probes that are no TLS, or broken TLS from the first record on. */
final class Garbage {
  private static final String GET = "GET / HTTP/1.1\r\nHost: " + Site.HOST + "\r\n\r\n";

  private Garbage() {}

  static List<Probe> all() {
    List<Probe> all = new ArrayList<>();
    all.add(text("plain GET", GET));
    all.add(halfClosed("plain GET, half-close", GET.getBytes(US_ASCII)));
    all.add(text("HTTP/2 preface in clear", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    all.add(text("CONNECT", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n"));
    all.add(text("SSH banner", "SSH-2.0-OpenSSH_9.2p1\r\n"));
    all.add(bytes("SOCKS5 greeting", "050100"));
    all.add(bytes("SOCKS4 request", "040100505db8d82200"));
    all.add(
        bytes(
            "SSLv2 hello",
            "802e0100020015000000100100800200800300800400800500800700c0"
                + "00112233445566778899aabbccddeeff"));
    all.add(bytes("record of version 0909", "1609090040" + "01".repeat(64)));
    all.add(bytes("oversize record", "160301ffff" + "01".repeat(100)));
    all.add(bytes("empty record", "1603010000"));
    all.add(bytes("alert first", "15030100020228"));
    all.add(bytes("application data first", "1703030010" + "5a".repeat(16)));
    all.add(bytes("change cipher spec first", "140303000101"));
    all.add(bytes("handshake of an unknown type", "16030100042a000000"));
    for (int length : new int[] {1, 5, 64, 517, 4096, 60_000}) {
      all.add(
          raw(
              "random bytes, " + length,
              (wire, at) -> {
                wire.send(at.noise(length));
                wire.finish(SOON);
              }));
    }
    all.add(
        raw(
            "obfuscated2 without TLS",
            (wire, at) -> {
              SplittableRandom random = new SplittableRandom(at.noise(1)[0]);
              byte[] key = new byte[16];
              wire.send(Obfuscated2.open(key, Obfuscated2.PADDED_INTERMEDIATE, 2, random).header());
              wire.finish(SOON);
            }));
    all.add(
        raw(
            "one byte, silence",
            (wire, at) -> {
              wire.send(new byte[] {0x16});
              wire.finish(SOON);
            }));
    all.add(halfClosed("one byte, half-close", new byte[] {0x16}));
    all.add(halfClosed("half-close at once", new byte[0]));
    return all;
  }

  private static Probe text(String name, String text) {
    return raw(
        name,
        (wire, at) -> {
          wire.send(text.getBytes(US_ASCII));
          wire.finish(ANSWER);
        });
  }

  private static Probe bytes(String name, String hex) {
    return raw(
        name,
        (wire, at) -> {
          wire.send(HexFormat.of().parseHex(hex));
          wire.finish(SOON);
        });
  }

  private static Probe halfClosed(String name, byte[] bytes) {
    return raw(
        name,
        (wire, at) -> {
          wire.send(bytes);
          wire.halfClose();
          wire.finish(ANSWER);
        });
  }
}
