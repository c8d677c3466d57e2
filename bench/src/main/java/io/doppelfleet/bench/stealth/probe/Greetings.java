package io.doppelfleet.bench.stealth.probe;

import static io.doppelfleet.bench.stealth.probe.Probe.ANSWER;
import static io.doppelfleet.bench.stealth.probe.Probe.SOON;
import static io.doppelfleet.bench.stealth.probe.Probe.raw;

import io.doppelfleet.bench.stealth.wire.Wire;
import io.doppelfleet.standin.client.ClientHello;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Probes that are a ClientHello, good but for something, and what may follow one. */
final class Greetings {
  private static final byte[] CHANGE_CIPHER_SPEC = HexFormat.of().parseHex("140303000101");

  private Greetings() {}

  /** What is said after the flight. */
  private interface Then {
    void run(Wire wire, Setting at) throws IOException, InterruptedException;
  }

  static List<Probe> all() {
    List<Probe> all = new ArrayList<>();
    all.add(hello("wrong digest", at -> wrong(at).bytes()));
    all.add(hello("wrong digest, 517 bytes", at -> at.classic().withWrongDigest().build().bytes()));
    all.add(hello("no SNI", at -> at.hybrid().withoutSni().build().bytes()));
    all.add(hello("foreign SNI", at -> at.hybrid().withSni("www.example.net").build().bytes()));
    all.add(hello("stale", at -> at.hybrid().at(Instant.now().minusSeconds(900)).build().bytes()));
    all.add(
        hello(
            "from the future",
            at -> at.hybrid().at(Instant.now().plusSeconds(900)).build().bytes()));
    all.add(hello("replay", Setting::used));
    all.add(hello("TLS 1.2", at -> at.classic().withoutTls13().build().bytes()));
    all.add(
        hello(
            "hello of 4000 bytes",
            at -> at.classic().withWrongDigest().paddedTo(4000).build().bytes()));
    all.add(
        hello(
            "hello of 12,000 bytes",
            at -> at.classic().withWrongDigest().paddedTo(12_000).build().bytes()));
    all.add(hello("no share that anybody knows", Greetings::unknownShares));
    all.add(hello("no suite that anybody knows", Greetings::unknownSuites));
    all.add(hello("hello in three records", at -> wrong(at).inRecords(40, 300)));
    all.add(hello("two hellos at once", at -> twice(wrong(at).bytes())));
    all.add(hello("record version 0304", at -> altered(wrong(at).bytes(), 2, 4)));
    all.add(hello("extensions longer than the hello", at -> altered(wrong(at).bytes(), 110, 0xff)));
    all.add(
        raw(
            "hello byte by byte",
            (wire, at) -> {
              for (byte one : at.classic().withWrongDigest().build().bytes()) {
                wire.send(new byte[] {one});
              }
              wire.finish(SOON);
            }));
    all.add(
        raw(
            "hello in two parts, 10 ms between",
            (wire, at) -> {
              byte[] hello = wrong(at).bytes();
              wire.send(Arrays.copyOf(hello, 900));
              Thread.sleep(10);
              wire.send(Arrays.copyOfRange(hello, 900, hello.length));
              wire.finish(SOON);
            }));
    all.add(
        raw(
            "hello, half-close",
            (wire, at) -> {
              wire.send(wrong(at).bytes());
              wire.halfClose();
              wire.finish(ANSWER);
            }));
    all.add(
        raw(
            "cut hello, half-close",
            (wire, at) -> {
              wire.send(Arrays.copyOf(wrong(at).bytes(), 200));
              wire.halfClose();
              wire.finish(ANSWER);
            }));
    all.add(
        raw(
            "cut hello, silence",
            (wire, at) -> {
              wire.send(Arrays.copyOf(wrong(at).bytes(), 200));
              wire.finish(SOON);
            }));
    all.add(
        raw(
            "hello, reset",
            (wire, at) -> {
              wire.send(wrong(at).bytes());
              wire.readUntil(1, ANSWER);
              wire.reset();
            }));
    all.add(
        after(
            "flight, half-close",
            (wire, at) -> {
              wire.halfClose();
              wire.finish(ANSWER);
            }));
    all.add(after("flight, second hello", (wire, at) -> answered(wire, wrong(at).bytes())));
    all.add(after("flight, garbage", (wire, at) -> answered(wire, at.noise(100))));
    all.add(
        after(
            "flight, alert",
            (wire, at) -> answered(wire, HexFormat.of().parseHex("15030300020100"))));
    all.add(
        after(
            "flight, wrong Finished",
            (wire, at) -> {
              byte[] record = at.noise(6 + 5 + 69);
              System.arraycopy(CHANGE_CIPHER_SPEC, 0, record, 0, 6);
              System.arraycopy(HexFormat.of().parseHex("1703030045"), 0, record, 6, 5);
              answered(wire, record);
            }));
    all.add(after("flight, early data of MTProto", (wire, at) -> answered(wire, mtproto(at))));
    return all;
  }

  private interface Made {
    byte[] by(Setting at) throws IOException;
  }

  /** A hello that opens a handshake, of which no more is seen than the flight, or an end. */
  private static Probe hello(String name, Made made) {
    return raw(
        name,
        (wire, at) -> {
          wire.send(made.by(at));
          wire.finish(SOON);
        });
  }

  private static Probe after(String name, Then then) {
    return raw(
        name,
        (wire, at) -> {
          wire.send(wrong(at).bytes());
          wire.readBurst(ANSWER);
          then.run(wire, at);
        });
  }

  private static void answered(Wire wire, byte[] bytes) throws IOException {
    wire.send(bytes);
    wire.finish(SOON);
  }

  static ClientHello wrong(Setting at) {
    return at.hybrid().withWrongDigest().build();
  }

  private static byte[] twice(byte[] hello) {
    byte[] both = Arrays.copyOf(hello, 2 * hello.length);
    System.arraycopy(hello, 0, both, hello.length, hello.length);
    return both;
  }

  private static byte[] altered(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
    return bytes;
  }

  /** What a client says after the flight, to who took its hello for no client's. */
  private static byte[] mtproto(Setting at) {
    byte[] record = at.noise(6 + 5 + 200);
    System.arraycopy(CHANGE_CIPHER_SPEC, 0, record, 0, 6);
    System.arraycopy(HexFormat.of().parseHex("17030300c8"), 0, record, 6, 5);
    return record;
  }

  /** A well-formed hello whose group of X25519 has another name: a server asks again. */
  private static byte[] unknownShares(Setting at) {
    byte[] hello = at.classic().withWrongDigest().build().bytes();
    byte[] head = HexFormat.of().parseHex("001d0020");
    for (int i = hello.length - 40; i > 0; i--) {
      if (Arrays.equals(hello, i, i + 4, head, 0, 4)) {
        hello[i] = 0x2a;
        hello[i + 1] = 0x2a;
        return hello;
      }
    }
    throw new IllegalStateException("the hello has no share of X25519");
  }

  private static byte[] unknownSuites(Setting at) {
    byte[] hello = at.classic().withWrongDigest().build().bytes();
    int suites = 44 + hello[43];
    int length = (hello[suites] & 0xff) << 8 | (hello[suites + 1] & 0xff);
    for (int i = suites + 2; i < suites + 2 + length; i++) {
      hello[i] = 0x3a;
    }
    return hello;
  }
}
