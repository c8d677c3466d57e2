package io.doppelfleet.bench.stealth.records;

import io.doppelfleet.bench.client.ClientRecords;
import io.doppelfleet.bench.stealth.wire.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;

/** A client of the oracle's, which chooses itself what it answers. */
final class OracleVisitor implements Visitor {
  private final Wire wire;

  OracleVisitor(InetSocketAddress oracle) throws IOException {
    wire = Wire.connect(oracle);
    wire.send(ClientRecords.record(new byte[500]));
    wire.read(AT_MOST);
    wire.readUntilQuiet(PAUSE);
  }

  @Override
  public Response ask(Kind kind, SplittableRandom random) throws IOException {
    int from = wire.receivedLength();
    wire.send(ClientRecords.record(new byte[16]));
    return Visitor.take(wire, from, 1, () -> wire.receivedLength() > from);
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
