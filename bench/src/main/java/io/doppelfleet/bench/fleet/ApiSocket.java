package io.doppelfleet.bench.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A control's API on its Unix socket; a connection for each request. */
record ApiSocket(Path socket) {
  private static final int BUFFER = 1 << 16;

  /** Asks. Fails with what the control says to be wrong. */
  JsonObject call(String method, String path, @Nullable JsonObject body) throws IOException {
    byte[] sent = body == null ? new byte[0] : body.encode().getBytes(UTF_8);
    String head =
        method
            + " /api/v1"
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nContent-Length: "
            + sent.length
            + "\r\n\r\n";
    String answer;
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      write(channel, head.getBytes(UTF_8));
      write(channel, sent);
      answer = all(channel);
    }
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new IOException(method + " " + path + " was not answered");
    }
    JsonObject said = new JsonObject(answer.substring(end + 4));
    int status = Integer.parseInt(answer.substring(9, 12));
    if (status >= 300) {
      throw new IOException(method + " " + path + ": " + status + " " + said.getString("detail"));
    }
    return said;
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  private static String all(SocketChannel channel) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.allocate(BUFFER);
    while (channel.read(in) >= 0) {
      all.write(in.array(), 0, in.position());
      in.clear();
    }
    return all.toString(UTF_8);
  }
}
