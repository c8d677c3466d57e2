package io.doppelfleet.standin.client;

import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A FakeTLS client that blocks, for tests: it takes nothing from a proxy but what the strictest of
 * real clients would. Every read ends after ten seconds with a {@link SocketTimeoutException}.
 */
public final class FakeTlsClient implements AutoCloseable {
  private static final int READ_LENGTH = 64 * 1024;

  private final RawSocket socket;
  private final ServerRecords records = new ServerRecords();
  private byte[] unread = {};
  private @Nullable Obfuscated2 stream;

  private FakeTlsClient(RawSocket socket) {
    this.socket = socket;
  }

  /** Connects. */
  public static FakeTlsClient connect(InetSocketAddress proxy) throws IOException {
    return new FakeTlsClient(RawSocket.connect(proxy));
  }

  /** Connects from an address of this machine. */
  public static FakeTlsClient connect(InetSocketAddress proxy, InetAddress from)
      throws IOException {
    return new FakeTlsClient(RawSocket.connect(proxy, from));
  }

  /** The connection beneath, for bytes as they are and for closes. */
  public RawSocket raw() {
    return socket;
  }

  /** Sends the hello in one write, takes the flight and opens a padded intermediate stream. */
  public ServerFlight handshake(ClientHello hello, int datacenter, RandomGenerator random)
      throws IOException {
    socket.send(hello.bytes());
    ServerFlight flight = readFlight(hello);
    open(Obfuscated2.open(hello.key(), Obfuscated2.PADDED_INTERMEDIATE, datacenter, random));
    return flight;
  }

  /**
   * Takes the answer to a hello, which must come in one piece.
   *
   * @throws BrokenRuleException when a client would refuse it
   */
  public ServerFlight readFlight(ClientHello hello) throws IOException {
    byte[] flight = socket.read();
    if (flight.length == 0) {
      throw new BrokenRuleException(Rule.ANSWERED, "the connection was closed");
    }
    return ServerFlight.check(flight, hello);
  }

  /**
   * Checks that nothing comes for so long.
   *
   * @throws BrokenRuleException when something comes, or the connection is closed
   */
  public void expectQuiet(Duration time) throws IOException {
    if (!socket.isQuiet(time)) {
      throw new BrokenRuleException(Rule.QUIET_UNTIL_CLIENT_DATA, "something came within " + time);
    }
  }

  /** Begins the obfuscated2 stream: ChangeCipherSpec and a record with the stream's header. */
  public void open(Obfuscated2 stream) throws IOException {
    open(stream, new byte[0]);
  }

  /** The same, with what is first to say in the same record. */
  public void open(Obfuscated2 stream, byte[] first) throws IOException {
    this.stream = stream;
    socket.send(ClientRecords.opening(stream, first));
  }

  /** Says something in the stream, in one write of records. */
  public void say(byte[] bytes, int recordLength) throws IOException {
    socket.send(sealed(bytes, recordLength));
  }

  /**
   * What {@link #say} would send, for a test that spoils or segments it. Calls must be sent in
   * order.
   *
   * @param recordLength payload of all records but the last, 1..65535
   */
  public byte[] sealed(byte[] bytes, int recordLength) {
    byte[] sealed = bytes.clone();
    opened().encrypt(sealed, 0, sealed.length);
    return ClientRecords.records(sealed, recordLength);
  }

  /**
   * Reads so many bytes of the stream.
   *
   * @throws EOFException when the stream ends before
   * @throws BrokenRuleException when a record is none that all clients accept
   */
  public byte[] hear(int length) throws IOException {
    byte[] heard = Arrays.copyOf(unread, Math.max(length, unread.length));
    int have = unread.length;
    byte[] buffer = new byte[READ_LENGTH];
    while (have < length) {
      int read = socket.read(buffer);
      if (read < 0) {
        throw new EOFException("the stream ended after " + have + " bytes of " + length);
      }
      int payload = records.strip(buffer, 0, read);
      opened().decrypt(buffer, 0, payload);
      if (have + payload > heard.length) {
        heard = Arrays.copyOf(heard, have + payload);
      }
      System.arraycopy(buffer, 0, heard, have, payload);
      have += payload;
    }
    unread = Arrays.copyOfRange(heard, length, have);
    return Arrays.copyOf(heard, length);
  }

  private Obfuscated2 opened() {
    if (stream == null) {
      throw new IllegalStateException("no stream was opened");
    }
    return stream;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
