package io.doppelfleet.standin.datacenter;

import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.LoadRequest;
import io.doppelfleet.standin.wire.Obfuscated2;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** The near end of an obfuscated2 stream without a proxy between. */
final class TestClient implements AutoCloseable {
  private static final RandomGenerator RANDOM = RandomGenerator.of("L64X128MixRandom");

  final RawSocket socket;
  private final Obfuscated2 stream;
  private final Framing framing;

  private TestClient(RawSocket socket, Obfuscated2 stream) throws IOException {
    this.socket = socket;
    this.stream = stream;
    framing = Objects.requireNonNull(Framing.of(stream.tag()));
    socket.send(stream.header());
  }

  static TestClient connect(InetSocketAddress address, int tag, int datacenter) throws IOException {
    return new TestClient(
        RawSocket.connect(address), Obfuscated2.open(new byte[0], tag, datacenter, RANDOM));
  }

  static TestClient connect(InetSocketAddress address) throws IOException {
    return connect(address, Obfuscated2.PADDED_INTERMEDIATE, 2);
  }

  void send(byte[] bytes) throws IOException {
    byte[] sealed = bytes.clone();
    stream.encrypt(sealed, 0, sealed.length);
    socket.send(sealed);
  }

  void send(LoadRequest request) throws IOException {
    send(request.encode());
  }

  /** So many bytes, or fewer when the other end closes before. */
  byte[] read(int length) throws IOException {
    byte[] bytes = socket.read(length);
    stream.decrypt(bytes, 0, bytes.length);
    return bytes;
  }

  void sendFrame(byte[] message) throws IOException {
    ByteBuf frame = Unpooled.buffer();
    framing.write(message, frame);
    byte[] bytes = new byte[frame.readableBytes()];
    frame.readBytes(bytes);
    send(bytes);
  }

  byte[] readFrame() throws IOException {
    ByteBuf head = Unpooled.wrappedBuffer(read(1));
    int length = head.getByte(0) == 0x7f || framing != Framing.ABRIDGED ? Framing.INCOMPLETE : 0;
    if (length == Framing.INCOMPLETE) {
      head = Unpooled.wrappedBuffer(head, Unpooled.wrappedBuffer(read(3)));
    }
    return read(framing.length(head));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
