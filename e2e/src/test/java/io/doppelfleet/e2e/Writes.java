package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Secret;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * What several write at once whatever breaks: two secrets each time, in one revision. What was
 * answered as done is there in the end and what was refused is not; of what was not answered both
 * are there or none.
 */
final class Writes implements AutoCloseable {
  private static final int WRITERS = 3;
  private static final long PAUSE_MILLIS = 10;
  private static final int MOST = 5_000;

  /** What is said where only a look tells whether it was done. */
  private static final String UNKNOWN = "isn't known";

  private static final List<String> PAIR = List.of("-one", "-two");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ControlApi api;
  private final String prefix;
  private final Set<String> done = ConcurrentHashMap.newKeySet();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final Set<String> reasons = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> writers = new ArrayList<>();
  private volatile boolean over;

  private Writes(ControlApi api, String prefix) {
    this.api = api;
    this.prefix = prefix;
  }

  /**
   * Begins.
   *
   * @param prefix of the names of all secrets that it adds, and of no others
   */
  static Writes start(ControlApi api, String prefix) {
    Writes writes = new Writes(api, prefix);
    for (int i = 0; i < WRITERS; i++) {
      String own = prefix + i + "-";
      writes.writers.add(
          writes.threads.submit(
              () -> {
                writes.write(own);
                return null;
              }));
    }
    return writes;
  }

  private void write(String own) throws InterruptedException {
    for (int i = 0; !over; i++) {
      String name = own + i;
      try {
        answered(name, api.call("POST", "/imports", body(name)));
      } catch (IOException e) {
        // The control is away, or went before it answered.
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private static String body(String name) {
    JsonObject secrets = new JsonObject();
    for (String each : PAIR) {
      byte[] key = new byte[Secret.KEY_LENGTH];
      RANDOM.nextBytes(key);
      secrets.put(name + each, Secret.of(key, StoreNode.HOST).toHex());
    }
    return new JsonObject().put("secrets", secrets).encode();
  }

  private void answered(String name, ControlApi.Reply reply) {
    if (reply.status() < 300) {
      done.add(name);
      return;
    }
    String why = reply.status() + " " + reply.body().getString("detail");
    reasons.add(why);
    if (!why.contains(UNKNOWN)) {
      refused.add(name);
    }
  }

  /** How many were answered as done so far. */
  int done() {
    return done.size();
  }

  /** Each kind of refusal once: its status and what it says. */
  Set<String> reasons() {
    return Set.copyOf(reasons);
  }

  /** Writes no more. */
  void end() throws Exception {
    over = true;
    for (Future<?> each : writers) {
      each.get();
    }
  }

  /** Holds them against what is there now; how many were done, answered or not. */
  int assertWhole() throws IOException {
    Set<String> there =
        api.done("GET", "/secrets?limit=" + MOST, "").getJsonArray("secrets").stream()
            .map(secret -> ((JsonObject) secret).getString("name"))
            .filter(name -> name.startsWith(prefix))
            .collect(Collectors.toSet());
    Set<String> pairs =
        there.stream().map(name -> name.replaceFirst("-...$", "")).collect(Collectors.toSet());
    for (String pair : pairs) {
      assertThat(there).as("no half of a revision").containsAll(both(pair));
    }
    assertThat(pairs).containsAll(done).noneMatch(refused::contains);
    return pairs.size();
  }

  private static List<String> both(String pair) {
    return PAIR.stream().map(each -> pair + each).toList();
  }

  /** One of those secrets whose addition was answered as done. */
  Secret any() throws IOException {
    return api.secret(both(done.iterator().next()).getLast());
  }

  @Override
  public void close() {
    over = true;
    threads.close();
  }
}
