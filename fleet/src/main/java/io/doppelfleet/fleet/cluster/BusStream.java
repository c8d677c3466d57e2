package io.doppelfleet.fleet.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.net.NetSocket;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Carries the bytes of one connection over the bus, and others back, in order. Format 1 of a piece:
 * the byte 1, its number from 1 on in eight bytes, and some bytes of the connection; none are its
 * end. The next piece is sent when this one was taken: so a reader that is slow makes its sender
 * wait, and a piece that got lost ends the connection, as nothing else would be noticed.
 *
 * <p>All of it is on the bus's one event loop.
 */
public final class BusStream {
  /** Where controls wait for who wants a link. */
  public static final String DOOR = "doppelfleet.link";

  /** Bytes of a piece; as many may wait for it. */
  private static final int LONGEST = 128 << 10;

  private static final int HEAD = 9;
  private static final byte FORMAT = 1;
  private static final Buffer NOTHING = Buffer.buffer();
  private static final String ADDRESS = DOOR + ".";
  private static final int ADDRESS_BYTES = 16;

  /** Bytes of the address of one. */
  public static final int LONGEST_ADDRESS = ADDRESS.length() + 2 * ADDRESS_BYTES;

  /** With what a node needs to try other ways, no longer than ten seconds. */
  private static final DeliveryOptions PATIENCE = new DeliveryOptions().setSendTimeout(4_000);

  private final Vertx bus;
  private final NetSocket socket;
  private final String own;
  private final MessageConsumer<Object> consumer;
  private String peer = "";
  private Buffer waiting = Buffer.buffer();
  private long sent;
  private long taken;
  private boolean sending;

  /** Whether the other end waits for what it sent to be taken: until then it may send no more. */
  private boolean owing;

  private boolean ended;
  private boolean over;

  /**
   * With a connection that nothing was read of yet.
   *
   * @param random must be unpredictable
   */
  public BusStream(Vertx bus, NetSocket socket, RandomGenerator random) {
    this.bus = bus;
    this.socket = socket;
    byte[] name = new byte[ADDRESS_BYTES];
    random.nextBytes(name);
    this.own = ADDRESS + HexFormat.of().formatHex(name);
    this.consumer = bus.eventBus().consumer(own, this::heard);
    socket.pause();
    socket.exceptionHandler(failure -> {}); // its end follows
    socket.handler(this::read);
    socket.endHandler(end -> ended()); // behind what was read, and also after a reset
  }

  /** Done when the other end can reach it, at this address. */
  public Future<String> address() {
    return consumer.completion().map(own);
  }

  /** Whether it may be that of one; other addresses are for others. */
  public static boolean isAddress(String said) {
    return said.startsWith(ADDRESS);
  }

  /** From now on it is carried. Whoever holds the other end has said this address. */
  public void begin(String address) {
    if (!isAddress(address)) {
      close();
      return;
    }
    peer = address;
    socket.resume();
    pump();
  }

  private void read(Buffer bytes) {
    waiting.appendBuffer(bytes);
    if (waiting.length() >= LONGEST) {
      socket.pause();
    }
    pump();
  }

  private void ended() {
    ended = true;
    pump();
  }

  private void pump() {
    if (sending || over || peer.isEmpty() || (waiting.length() == 0 && !ended)) {
      return;
    }
    int length = Math.min(waiting.length(), LONGEST);
    Buffer piece =
        Buffer.buffer(HEAD + length)
            .appendByte(FORMAT)
            .appendLong(++sent)
            .appendBuffer(waiting, 0, length);
    waiting = waiting.getBuffer(length, waiting.length());
    sending = true;
    bus.eventBus()
        .<Buffer>request(peer, piece, PATIENCE)
        .onSuccess(
            answer -> {
              sending = false;
              if (length == 0) {
                close();
              } else {
                socket.resume();
                pump();
              }
            })
        .onFailure(failure -> broken());
  }

  private void heard(Message<Object> message) {
    if (over
        || owing
        || !(message.body() instanceof Buffer piece)
        || piece.length() < HEAD
        || piece.length() > HEAD + LONGEST
        || piece.getByte(0) != FORMAT
        || piece.getLong(1) != taken + 1) {
      message.fail(0, "that piece doesn't follow");
      broken();
      return;
    }
    taken++;
    if (piece.length() == HEAD) {
      message.reply(NOTHING);
      socket.end();
      return;
    }
    socket.write(piece.slice(HEAD, piece.length()));
    if (socket.writeQueueFull()) {
      owing = true;
      socket.drainHandler(
          drained -> {
            owing = false;
            message.reply(NOTHING);
          });
    } else {
      message.reply(NOTHING);
    }
  }

  /** The other end would notice only with what it has to say next. */
  private void broken() {
    if (!over && !peer.isEmpty()) {
      bus.eventBus().send(peer, NOTHING);
    }
    close();
  }

  /** Ends the connection, and what is carried of it. */
  public void close() {
    if (!over) {
      over = true;
      consumer.unregister();
      socket.close();
    }
  }
}
