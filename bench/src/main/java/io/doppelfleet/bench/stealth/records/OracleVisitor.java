package io.doppelfleet.bench.stealth.records;

import io.doppelfleet.bench.stealth.wire.Wire;
import io.doppelfleet.standin.client.ClientRecords;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;

/** A client of the oracle's. */
final class OracleVisitor implements Visitor {
  private final Wire wire;
  private final Iterator<Integer> lengths;

  /** With the payload bytes of each answer, which the oracle knows itself. */
  OracleVisitor(InetSocketAddress oracle, List<Integer> lengths) throws IOException {
    this.lengths = lengths.iterator();
    wire = Wire.connect(oracle);
    wire.send(ClientRecords.record(new byte[500]));
    wire.read(AT_MOST);
    wire.readUntilQuiet(PAUSE);
  }

  @Override
  public Response ask() throws IOException {
    int from = wire.receivedLength();
    wire.send(ClientRecords.record(new byte[16]));
    return Visitor.take(wire, from, lengths.next());
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
