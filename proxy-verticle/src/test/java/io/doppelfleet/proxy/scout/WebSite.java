package io.doppelfleet.proxy.scout;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PfxOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A real web site over the JDK's TLS, on a free loopback port: some pages, which it counts. */
final class WebSite implements AutoCloseable {
  static final String HOST = "cover.example";
  static final int LONG = 1 << 20;

  private static final String PAGE =
      "<!doctype html><title>Wool</title><link rel=stylesheet href=/style.css>"
          + "<script src='long.js?v=1'></script><a href=\"/about\">about</a>"
          + "<a href='https://elsewhere.example/'>elsewhere</a>";

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private WebSite(boolean h2, byte[] store) throws Exception {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost("127.0.0.1")
            .setPort(0)
            .setSsl(true)
            .setUseAlpn(h2)
            .setKeyCertOptions(
                new PfxOptions().setValue(Buffer.buffer(store)).setPassword("changeit"));
    server =
        vertx
            .createHttpServer(options)
            .requestHandler(this::answer)
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
  }

  static WebSite start(boolean h2, Path directory) throws Exception {
    return new WebSite(h2, store(directory, "EC", "secp256r1"));
  }

  /** With a certificate whose flight is of another length. */
  static byte[] store(Path directory, String algorithm, String group) throws Exception {
    Path store = Files.createTempDirectory(directory, "site").resolve("site.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                "-genkeypair",
                "-keyalg",
                algorithm,
                "-groupname",
                group,
                "-alias",
                "site",
                "-dname",
                "CN=" + HOST,
                "-ext",
                "SAN=dns:" + HOST,
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    return Files.readAllBytes(store);
  }

  private void answer(HttpServerRequest request) {
    String path = String.valueOf(request.path());
    asked.add(path);
    switch (path) {
      case "/" -> request.response().putHeader("content-type", "text/html").end(PAGE);
      case "/style.css" -> request.response().end("a{}");
      case "/long.js" -> request.response().end(Buffer.buffer(new byte[LONG]));
      case "/about" -> request.response().end("knit two");
      default -> request.response().setStatusCode(404).end();
    }
  }

  /** Paths, in the order of requests. */
  List<String> asked() {
    return Collections.unmodifiableList(asked);
  }

  /** How many of them there was an answer for. */
  int answered() {
    return (int) asked.stream().filter(path -> !path.equals("/favicon.ico")).count();
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort());
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
