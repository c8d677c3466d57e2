package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.link.Frames;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The far end of a link, which says what a test wants, and remembers what it hears. */
final class LinkPeer implements Frames.Receiver {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** Kept: Vert.x closes one that nobody refers to. */
  final NetClient client;

  private final NetSocket socket;
  private final List<LinkMessage> links = new CopyOnWriteArrayList<>();
  private final List<FleetMessage> fleet = new CopyOnWriteArrayList<>();
  private final List<FleetMessage> answers = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  private LinkPeer(NetClient client, NetSocket socket) {
    this.client = client;
    this.socket = socket;
  }

  static LinkPeer connect(Vertx vertx, HostPort to, ClientSSLOptions tls) throws Exception {
    ConnectOptions options =
        new ConnectOptions()
            .setHost(to.host())
            .setPort(to.port())
            .setSsl(true)
            .setSslOptions(tls)
            .setTimeout(5_000);
    NetClient client = vertx.createNetClient();
    return TestNode.await(
        client
            .connect(options)
            .map(
                socket -> {
                  LinkPeer peer = new LinkPeer(client, socket);
                  Frames frames = new Frames(peer);
                  frames.allow(Frames.LONGEST_TO_NODE);
                  socket.exceptionHandler(failure -> {});
                  socket.closeHandler(ended -> peer.closed = true);
                  socket.handler(frames);
                  return peer;
                }));
  }

  /** Takes nothing more. */
  void readNoMore() {
    socket.pause();
  }

  boolean isClosed() {
    return closed;
  }

  void say(LinkMessage message) {
    send(Frames.of(message));
  }

  void send(Buffer bytes) {
    socket.write(bytes);
  }

  List<LinkMessage> links() {
    return links;
  }

  List<FleetMessage> fleet() {
    return fleet;
  }

  long epoch() {
    return links.stream()
        .filter(LinkMessage.Welcome.class::isInstance)
        .mapToLong(welcome -> ((LinkMessage.Welcome) welcome).epoch())
        .findFirst()
        .orElseThrow();
  }

  void awaitLink(Class<? extends LinkMessage> type) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(links).as("closed: " + closed).anyMatch(type::isInstance));
  }

  void awaitAnswer(Class<? extends FleetMessage> type) {
    await().atMost(SOON).until(() -> answers.stream().anyMatch(type::isInstance));
  }

  void awaitRefusal(LinkMessage.Refusal.Kind kind, String why) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(links)
                    .as("closed: " + closed)
                    .anyMatch(
                        each ->
                            each instanceof LinkMessage.Refusal refusal
                                && refusal.kind() == kind
                                && refusal.why().contains(why)));
  }

  void awaitClosed() {
    await().atMost(SOON).until(() -> closed);
  }

  @Override
  public void link(LinkMessage message) {
    links.add(message);
  }

  @Override
  public void told(Buffer text) {
    fleet.add(MessageJson.read(text.getBytes()));
  }

  @Override
  public void hellos(Buffer text) {
    told(text);
  }

  @Override
  public void leases(Buffer text) {
    told(text);
  }

  @Override
  public void asked(int question, Buffer text) {
    throw new AssertionError("a control asks");
  }

  @Override
  public void answered(int question, Buffer text) {
    answers.add(MessageJson.read(text.getBytes()));
  }

  @Override
  public void broken(String why) {
    throw new AssertionError(why);
  }
}
