package io.doppelfleet.bench.stealth.records;

import io.doppelfleet.bench.stealth.scene.Node;
import io.doppelfleet.bench.stealth.wire.Wire;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.ClientKeys;
import io.doppelfleet.standin.client.ClientRecords;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.wire.LoadRequest;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A FakeTLS client that has the data centre send as much as a visitor of the cover got. */
final class ClientVisitor implements Visitor {
  private static final ClientKeys KEYS = ClientKeys.generate();

  private final Wire wire;
  private final ClientHello hello;
  private final Iterator<Integer> lengths;
  private final SplittableRandom random = new SplittableRandom();
  private @Nullable Obfuscated2 stream;

  /**
   * Connects and takes the flight.
   *
   * @param lengths of what it asks for, in bytes
   */
  ClientVisitor(InetSocketAddress proxy, Secret secret, List<Integer> lengths) throws IOException {
    this.lengths = lengths.iterator();
    hello = Hellos.hybrid(secret).withKeys(KEYS).withRandom(random).build();
    wire = Wire.connect(proxy);
    wire.send(hello.bytes());
    wire.read(AT_MOST);
    wire.readUntilQuiet(PAUSE);
  }

  @Override
  public Response ask() throws IOException {
    int length = lengths.next();
    byte[] request = LoadRequest.stream(length).encode();
    int from = wire.receivedLength();
    Obfuscated2 open = stream;
    if (open == null) {
      open =
          Obfuscated2.open(
              hello.key(), Obfuscated2.PADDED_INTERMEDIATE, Node.DATACENTER, this.random);
      stream = open;
      wire.send(ClientRecords.opening(open, request));
    } else {
      open.encrypt(request, 0, request.length);
      wire.send(ClientRecords.record(request));
    }
    return Visitor.take(wire, from, length);
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
