package io.doppelfleet.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doppelfleet.fleet.Secret;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** The API of a node's control, one connection for each request. Its commands take longer. */
final class ControlApi {
  private final UnixDomainSocketAddress socket;

  ControlApi(Path state) {
    this.socket = UnixDomainSocketAddress.of(state.resolve("control.sock"));
  }

  /** What was answered. */
  record Reply(int status, JsonObject body) {}

  Reply call(String method, String path, String body) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(socket);
      String request =
          method
              + " /api/v1"
              + path
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
              + body.getBytes(UTF_8).length
              + "\r\n\r\n"
              + body;
      ByteBuffer out = ByteBuffer.wrap(request.getBytes(UTF_8));
      while (out.hasRemaining()) {
        channel.write(out);
      }
      return reply(all(channel));
    }
  }

  private static String all(SocketChannel channel) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.allocate(8192);
    while (channel.read(in) >= 0) {
      all.write(in.array(), 0, in.position());
      in.clear();
    }
    return all.toString(UTF_8);
  }

  private static Reply reply(String text) throws IOException {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new IOException("the answer was cut");
    }
    int status = Integer.parseInt(text.substring(9, 12));
    return new Reply(status, new JsonObject(text.substring(end + 4)));
  }

  /** The body of an answer that says that it was done. */
  JsonObject done(String method, String path, String body) throws IOException {
    Reply reply = call(method, path, body);
    if (reply.status() >= 300) {
      throw new IOException(reply.status() + " " + reply.body().getString("detail"));
    }
    return reply.body();
  }

  /** Adds a secret of this host; the one that its links have. */
  Secret add(String name, String host) throws IOException {
    done("POST", "/secrets", new JsonObject().put("name", name).put("host", host).encode());
    return secret(name);
  }

  /** The secret that links of this name have now. */
  Secret secret(String name) throws IOException {
    return Secret.parse(done("GET", "/secrets/" + name + "/links", "").getString("secret"));
  }
}
