package io.doppelfleet.bench.fleet;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Dashboards that are open: each is a connection, and the stream of what is told on it. */
final class Dashboards implements AutoCloseable {
  /** The API takes 32 connections of one address. */
  private static final int OF_ONE_ADDRESS = 25;

  /** And 16 streams of who has one token. */
  private static final int OF_ONE_TOKEN = 10;

  private final List<Browser> browsers = new ArrayList<>();
  private final LongAdder bytes = new LongAdder();
  private final AtomicInteger ended = new AtomicInteger();

  private Dashboards() {}

  static Dashboards open(Vertx vertx, BenchControl control, int count)
      throws IOException, TimeoutException {
    Dashboards all = new Dashboards();
    String token = "";
    for (int i = 0; i < count; i++) {
      if (i % OF_ONE_TOKEN == 0) {
        token = control.apiToken("dashboards" + i);
      }
      String from = "127.0.0." + (2 + i / OF_ONE_ADDRESS);
      Browser browser = Browser.open(vertx, control.web(), HttpVersion.HTTP_2, from, token);
      all.browsers.add(browser);
      browser.listen(
          "/api/v1/events",
          told -> all.bytes.add(told.length()),
          end -> all.ended.incrementAndGet());
    }
    return all;
  }

  /** What all were told so far. */
  long bytes() {
    return bytes.sum();
  }

  /** Whether all are told things yet. */
  void check() throws IOException {
    if (ended.get() > 0) {
      throw new IOException(ended + " of " + browsers.size() + " streams of events have ended");
    }
  }

  @Override
  public void close() {
    browsers.forEach(Browser::close);
  }
}
