package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.stream.DoubleStream;

/** A node's page of metrics, in Prometheus' text format. */
public record MetricsPage(URI address) {

  /** On a port of the IPv4 loopback. */
  public static MetricsPage at(int port) {
    return new MetricsPage(URI.create("http://127.0.0.1:" + port + "/metrics"));
  }

  /**
   * What it says now.
   *
   * @param name without labels, for those with any; or with all of them
   * @return a value for each, one at least
   * @throws IOException when the page has no such metric
   */
  public DoubleStream values(String name) throws IOException {
    URLConnection connection = address.toURL().openConnection();
    connection.setRequestProperty("Connection", "close"); // or the JDK keeps it for the next
    try (InputStream page = connection.getInputStream()) {
      double[] values =
          new String(page.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
              .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
              .toArray();
      if (values.length == 0) {
        throw new IOException("the node has no metric " + name);
      }
      return DoubleStream.of(values);
    }
  }
}
