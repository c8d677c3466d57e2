package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Sheet;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How soon the API answers one browser while a program writes. */
final class ApiTimes {
  private static final String FROM = "127.0.0.1";

  /** Somebody looks at what was answered. */
  private static final long BETWEEN_MILLIS = 20;

  /** What is asked over and over again, and what of it must take how long at most. */
  private enum Reading {
    LIST("a page of the list of secrets", 50),
    NODES("the list of nodes", Double.POSITIVE_INFINITY),
    ONE("one secret", Double.POSITIVE_INFINITY);

    private final String name;
    private final double must;

    Reading(String name, double must) {
      this.name = name;
      this.must = must;
    }

    String path(int number) {
      return switch (this) {
        case LIST -> "/api/v1/secrets?limit=200"; // as the dashboard asks
        case NODES -> "/api/v1/nodes";
        case ONE -> "/api/v1/secrets/user" + number;
      };
    }
  }

  private final Vertx vertx;
  private final BenchControl control;
  private final int secrets;
  private final int writes;
  private final long everyMillis;
  private int written;

  /**
   * How much.
   *
   * @param secrets that there are at least, {@code user0} the first
   * @param writes for each version of HTTP
   * @param everyMillis a write begins, or as soon as the one before is done
   */
  ApiTimes(Vertx vertx, BenchControl control, int secrets, int writes, long everyMillis) {
    this.vertx = vertx;
    this.control = control;
    this.secrets = secrets;
    this.writes = writes;
    this.everyMillis = everyMillis;
  }

  void measure(Sheet sheet)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    String token = control.apiToken("bench");
    for (HttpVersion version : List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)) {
      try (Browser reader = Browser.open(vertx, control.web(), version, FROM, token);
          Browser writer = Browser.open(vertx, control.web(), version, FROM, token)) {
        measure(reader, writer, Math.max(1, writes / 2)); // cold code is no figure
        Measured all = measure(reader, writer, writes);
        sheet.title(
            "the API over %s with %d secrets, while one is written every %d ms"
                .formatted(
                    version == HttpVersion.HTTP_2 ? "HTTP/2" : "HTTP/1.1", secrets, everyMillis));
        all.readings.forEach(
            (reading, times) -> {
              sheet.add(reading.name + ", median", times.at(0.5), "ms");
              sheet.add(reading.name + ", p99", times.at(0.99), "ms", reading.must);
            });
        sheet.add("a write on a revision, median", all.writes.at(0.5), "ms");
        sheet.add("a write on a revision, p99", all.writes.at(0.99), "ms");
      }
    }
  }

  private record Measured(Map<Reading, Times> readings, Times writes) {}

  /** Reads for as long as so many writes take. */
  private Measured measure(Browser reader, Browser writer, int most)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    FutureTask<Times> writing = new FutureTask<>(() -> write(writer, most));
    Thread.ofVirtual().start(writing);
    Map<Reading, Times> readings = new EnumMap<>(Reading.class);
    for (int round = 0; !writing.isDone(); round++) {
      for (Reading reading : Reading.values()) {
        String path = reading.path(round * 37 % secrets);
        double millis = reader.get(path).millis();
        readings.computeIfAbsent(reading, first -> new Times()).add(millis);
      }
      TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
    }
    return new Measured(readings, writing.get());
  }

  private Times write(Browser writer, int most)
      throws IOException, InterruptedException, TimeoutException {
    Times times = new Times();
    String revision = writer.get("/api/v1/secrets/user0").revision();
    for (int i = 0; i < most; i++) {
      written++;
      Browser.Answer answer =
          writer.put(
              "/api/v1/secrets/user" + written * 37 % secrets + "/limits",
              revision,
              new JsonObject().put("connections", written));
      times.add(answer.millis());
      revision = answer.revision();
      TimeUnit.MILLISECONDS.sleep(Math.max(0, everyMillis - (long) answer.millis()));
    }
    return times;
  }
}
