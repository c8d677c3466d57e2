package io.doppelfleet.e2e;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * TDLib's <a href="https://core.telegram.org/tdlib/docs/td__json__client_8h.html">JSON client</a>
 * in a process of its own, which is killed in the end: at a process's exit TDLib destroys what its
 * threads still use, and now and then takes the process with it.
 */
final class TdLib implements AutoCloseable {
  private static final Path LIBRARY = Path.of("@prebuilt-tdlib/linux-x64-glibc/libtdjson.so");
  private static final String BEGIN = "-----BEGIN RSA PUBLIC KEY-----";
  private static final String END = "-----END RSA PUBLIC KEY-----";

  private final Process process;
  private final Writer requests;
  private final AtomicInteger extra = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonObject>> waiting = new ConcurrentHashMap<>();

  private TdLib(Path library) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                TdLibProcess.class.getName(),
                library.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    requests = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofPlatform().daemon().name("tdlib").start(this::receive);
  }

  /** As it comes from its makers. */
  static TdLib stock() throws IOException {
    return new TdLib(NodeModules.file(LIBRARY.toString()));
  }

  /**
   * A copy that trusts other keys than Telegram's.
   *
   * @param pem as long as Telegram's own, in whose place it is written
   * @param copy where the copy goes
   */
  static TdLib trusting(String pem, Path copy) throws IOException {
    byte[] library = Files.readAllBytes(NodeModules.file(LIBRARY.toString()));
    // One char for each byte, so that positions agree.
    String text = new String(library, StandardCharsets.ISO_8859_1);
    byte[] key = pem.getBytes(StandardCharsets.US_ASCII);
    int replaced = 0;
    for (int at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + 1)) {
      int length = text.indexOf(END, at) + END.length() - at;
      if (length == key.length) {
        System.arraycopy(key, 0, library, at, length);
        replaced++;
      }
    }
    if (replaced == 0) {
      throw new AssertionError("no public key of " + key.length + " characters is in " + LIBRARY);
    }
    Files.createDirectories(Objects.requireNonNull(copy.getParent()));
    Files.write(copy, library);
    return new TdLib(copy.toAbsolutePath());
  }

  /** Connects to a data centre through a proxy and exchanges keys with it: "ok" or "error". */
  CompletableFuture<JsonObject> testProxy(
      int port, String secret, int datacenter, Duration timeout) {
    JsonObject type = new JsonObject().put("@type", "proxyTypeMtproto").put("secret", secret);
    JsonObject proxy =
        new JsonObject()
            .put("@type", "proxy")
            .put("server", "127.0.0.1")
            .put("port", port)
            .put("type", type);
    int number = extra.incrementAndGet();
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    waiting.put(number, answer);
    JsonObject request =
        new JsonObject()
            .put("@type", "testProxy")
            .put("@extra", number)
            .put("proxy", proxy)
            .put("dc_id", datacenter)
            .put("timeout", timeout.toSeconds());
    try {
      requests.write(request.encode() + "\n");
      requests.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("TDLib's process is gone", e);
    }
    return answer;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  private void receive() {
    try (BufferedReader answers = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        JsonObject message = new JsonObject(line);
        if (message.getValue("@extra") instanceof Integer number) {
          CompletableFuture<JsonObject> answer = waiting.remove(number);
          if (answer != null) {
            answer.complete(message);
          }
        }
      }
    } catch (IOException e) {
      // It was killed while it spoke; whoever waits for an answer runs out of time.
    }
  }
}
