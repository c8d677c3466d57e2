package io.doppelfleet.e2e;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import io.vertx.core.json.JsonObject;
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
 * TDLib's <a href="https://core.telegram.org/tdlib/docs/td__json__client_8h.html">JSON client</a>.
 * One thread receives. It must be over before the process ends, whose last act is to destroy what
 * that thread uses; so {@link #close} waits for TDLib's last word.
 */
final class TdLib implements AutoCloseable {
  private static final Path LIBRARY = Path.of("@prebuilt-tdlib/linux-x64-glibc/libtdjson.so");

  /** RTLD_LAZY alone: with JNA's RTLD_GLOBAL the second copy would be bound to the first. */
  private static final int LOCAL = 1;

  private static final Duration CLOSES_WITHIN = Duration.ofSeconds(20);

  private static final String BEGIN = "-----BEGIN RSA PUBLIC KEY-----";
  private static final String END = "-----END RSA PUBLIC KEY-----";

  private final Function send;
  private final Function receive;
  private final int client;
  private final Thread receiver;
  private final AtomicInteger extra = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonObject>> waiting = new ConcurrentHashMap<>();

  private TdLib(Path library) {
    NativeLibrary tdjson =
        NativeLibrary.getInstance(library.toString(), Map.of(Library.OPTION_OPEN_FLAGS, LOCAL));
    Function execute = tdjson.getFunction("td_execute");
    send = tdjson.getFunction("td_send");
    receive = tdjson.getFunction("td_receive");
    JsonObject errorsOnly =
        new JsonObject().put("@type", "setLogVerbosityLevel").put("new_verbosity_level", 0);
    execute.invokeString(new Object[] {errorsOnly.encode()}, false);
    client = tdjson.getFunction("td_create_client_id").invokeInt(new Object[0]);
    receiver = Thread.ofPlatform().daemon().name("tdlib").start(this::receive);
  }

  /** As it comes from its makers. */
  static TdLib stock() {
    return new TdLib(NodeModules.file(LIBRARY.toString()));
  }

  /**
   * A copy that trusts other keys than Telegram's.
   *
   * @param pem as long as Telegram's own, in whose place it is written
   * @param copy where the copy goes
   */
  static TdLib trusting(String pem, Path copy) throws Exception {
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
    send.invokeVoid(new Object[] {client, request.encode()});
    return answer;
  }

  /** Ends the client and the thread that receives. */
  @Override
  public void close() throws InterruptedException {
    send.invokeVoid(new Object[] {client, new JsonObject().put("@type", "close").encode()});
    receiver.join(CLOSES_WITHIN);
    if (receiver.isAlive()) {
      throw new AssertionError("TDLib doesn't close");
    }
  }

  private void receive() {
    boolean closed = false;
    while (!closed) {
      String text = receive.invokeString(new Object[] {1.0}, false);
      if (text == null) {
        continue;
      }
      JsonObject message = new JsonObject(text);
      closed =
          message.getValue("authorization_state") instanceof JsonObject state
              && "authorizationStateClosed".equals(state.getString("@type"));
      if (message.getValue("@extra") instanceof Integer number) {
        CompletableFuture<JsonObject> answer = waiting.remove(number);
        if (answer != null) {
          answer.complete(message);
        }
      }
    }
  }
}
