package io.doppelfleet.proxy.list;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A web server with one list, which answers as it is told. */
final class ListServer implements AutoCloseable {
  static final String GOOD = "5.6.7.0/24\n2a00::/32\n";

  /** If-None-Match and If-Modified-Since of each request. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** What it does from now on. */
  volatile Answer answer = Answer.GOOD;

  private final CountDownLatch over = new CountDownLatch(1);
  private final HttpServer server;

  enum Answer {
    GOOD,
    /** The same addresses, in another order. */
    SAME,
    OTHER,
    EMPTY,
    PAGE,
    ERROR,
    SHORT,
    BOGUS,
    /** Nothing, until it is closed. */
    NONE
  }

  ListServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.createContext("/away", this::leadAway);
    server.start();
  }

  URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private void leadAway(HttpExchange exchange) throws IOException {
    String to = exchange.getRequestURI().getQuery();
    exchange.getResponseHeaders().add("Location", to == null ? "/away" : to);
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(
        exchange.getRequestHeaders().getFirst("If-None-Match")
            + " "
            + exchange.getRequestHeaders().getFirst("If-Modified-Since"));
    String tag = '"' + answer.name() + '"';
    if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.sendResponseHeaders(304, -1);
      exchange.close();
      return;
    }
    exchange.getResponseHeaders().add("ETag", tag);
    exchange.getResponseHeaders().add("Last-Modified", "Sat, 28 Nov 2026 12:00:00 GMT");
    byte[] body = body().getBytes(StandardCharsets.US_ASCII);
    try (OutputStream out = exchange.getResponseBody()) {
      switch (answer) {
        case ERROR -> exchange.sendResponseHeaders(503, body.length);
        case SHORT -> exchange.sendResponseHeaders(200, body.length + 1);
        default -> exchange.sendResponseHeaders(200, body.length);
      }
      out.write(body);
    } finally {
      exchange.close();
    }
  }

  private String body() throws IOException {
    return switch (answer) {
      case GOOD, SHORT -> GOOD;
      case SAME -> "# of another day\n2a00::/32\n5.6.7.0/24\n";
      case OTHER -> "5.6.8.0/24\n";
      case EMPTY -> "# nothing\n";
      case PAGE -> "<html>\n<p>Sorry, 5.6.7.8</p>\n</html>\n";
      case ERROR -> "5.6.9.0/24\n";
      case BOGUS -> GOOD + "10.0.0.0/8\n";
      case NONE -> {
        try {
          over.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        yield GOOD;
      }
    };
  }

  @Override
  public void close() {
    over.countDown();
    server.stop(0);
  }
}
