package io.doppelfleet.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.doppelfleet.fleet.EpochRequest;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.StateDelta;
import io.doppelfleet.fleet.StateSignature;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.fleet.cluster.Bus;
import io.doppelfleet.fleet.cluster.BusIdentity;
import io.doppelfleet.fleet.cluster.BusStream;
import io.doppelfleet.launcher.state.IdentityFile;
import io.doppelfleet.proxy.link.NodeIdentity;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who has a node's key, and says on the bus what it likes. */
final class SeizedNode implements AutoCloseable {
  private final Bus bus;
  private final List<String> heard = new CopyOnWriteArrayList<>();

  private SeizedNode(Bus bus) {
    this.bus = bus;
  }

  /** With the key of the node of this state directory. */
  static SeizedNode join(TestCluster cluster, Path state) throws Exception {
    NodeIdentity node = new IdentityFile(state).read();
    return new SeizedNode(
        TestNode.await(
            Bus.start(
                cluster.ofStranger(),
                new BusIdentity(node.key(), node.certificate(), node.authority()))));
  }

  /** Says to all addresses of the messages what would change something if it were believed. */
  void forge() {
    KnownState none = KnownState.of(new FleetState(1_000_000, List.of()));
    Stamp another = new Stamp("node-2", Long.MAX_VALUE - 1, 1);
    bus.vertx()
        .eventBus()
        .publish(
            StateDelta.ADDRESS,
            Buffer.buffer(
                MessageJson.write(
                    StateDelta.still(another, none, new StateSignature(new byte[64])))));
    bus.vertx()
        .eventBus()
        .publish(
            NodeReport.ADDRESS,
            Buffer.buffer(
                MessageJson.write(
                    new NodeReport(
                        new Stamp("node-9", 1, 1), 1, new HostPort("127.0.0.1", 1), "a.bc", 5))));
    bus.vertx()
        .eventBus()
        .publish(EpochRequest.ADDRESS, Buffer.buffer(MessageJson.write(new EpochRequest(another))));
    bus.vertx()
        .eventBus()
        .publish(
            TrafficReport.ADDRESS,
            Buffer.buffer(
                MessageJson.write(
                    new TrafficReport(
                        another,
                        List.of(new TrafficReport.Count("alice", 1, 1L << 40, 0, 9, 0))))));
  }

  /** Takes links as a control does, and listens. */
  void poseAsControl() throws Exception {
    String own = BusStream.DOOR + ".seized";
    TestNode.await(
        bus.vertx()
            .eventBus()
            .<Buffer>consumer(BusStream.DOOR, message -> message.reply(Buffer.buffer(own)))
            .completion());
    TestNode.await(
        bus.vertx()
            .eventBus()
            .<Buffer>consumer(
                own,
                message -> {
                  heard.add(message.body().toString(ISO_8859_1));
                  message.reply(Buffer.buffer());
                })
            .completion());
  }

  String heard() {
    return String.join("", heard);
  }

  @Override
  public void close() throws Exception {
    TestNode.await(bus.close());
  }
}
