package io.doppelfleet.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTest {
  private static final Figure COST = Figure.less("down", "processor time", "s/GB");
  private static final Figure RATE = Figure.more("down", "rate", "MB/s");

  private final Results results = new Results();

  @Test
  void theMedianIsTheMiddleOrBetweenTheMiddleTwo() {
    assertThat(Results.median(List.of(7.0))).isEqualTo(7);
    assertThat(Results.median(List.of(9.0, 1.0, 2.0))).isEqualTo(2);
    assertThat(Results.median(List.of(9.0, 1.0, 2.0, 4.0))).isEqualTo(3);
  }

  @Test
  void theYardstickIsTheRelayWhoseMedianIsBest() {
    add(COST, "relay 16 KB", 0.6, 0.2, 0.6);
    add(COST, "relay 64 KB", 0.5, 0.5, 0.5);
    add(RATE, "relay 16 KB", 900);
    add(RATE, "relay 64 KB", 800);

    assertThat(results.bestRelay(COST)).isEqualTo("relay 64 KB");
    assertThat(results.bestRelay(RATE)).isEqualTo("relay 16 KB");
  }

  @Test
  void theRatioIsTheMedianOfRunsAndNotTheRatioOfMedians() {
    add(COST, Results.NODE, 1, 4, 3);
    add(COST, "relay 64 KB", 1, 2, 6);

    assertThat(results.ratio(COST)).isEqualTo(1);
  }

  @Test
  void withoutAYardstickThereIsNoRatio() {
    add(COST, Results.NODE, 1);
    add(COST, "other", 1);

    assertThat(results.ratio(COST)).isNull();
    assertThat(results.peers()).containsExactly("other");
  }

  @Test
  void theTableHasOneLineAFigureUnderItsGroup() {
    add(COST, Results.NODE, 0.4123);
    add(COST, "relay 16 KB", 0.8246);
    add(RATE, Results.NODE, 800, 900, 1234.4);
    add(RATE, "other", 12.34);

    assertThat(results.table().lines().skip(1))
        .extracting(line -> line.replaceAll(" {2,}", "|").strip())
        .containsExactly(
            "|node|relay|its reads|node/relay|other",
            "down",
            "|processor time|s/GB|0.412|0.825|16 KB|0.50",
            "|rate|MB/s|900|12.3");
  }

  @Test
  void thePictureHasABarWhereThereIsARatio() {
    add(COST, Results.NODE, 1);
    add(COST, "relay 16 KB", 2);
    add(RATE, Results.NODE, 5);
    add(RATE, "a < b & c", 5);

    String picture = results.picture();

    assertThat(picture).startsWith("<svg ").contains(">processor time</text>");
    assertThat(picture).contains("a &lt; b &amp; c").doesNotContain("a < b");
    // The ground, and one bar: half as long as the relay's 80.
    assertThat(picture.split("<rect ", -1)).hasSize(3);
    assertThat(picture).contains("width=\"40.0\"");
  }

  @Test
  void jsonHasAllValues() {
    add(COST, Results.NODE, 3, 5);
    add(COST, "relay 16 KB", 1, 1);

    JsonObject figure = results.toJson().getJsonArray("figures").getJsonObject(0);

    JsonObject node = figure.getJsonObject("measured").getJsonObject(Results.NODE);
    assertThat(node.getDouble("median")).isEqualTo(4);
    assertThat(node.getJsonArray("values")).isEqualTo(JsonArray.of(3.0, 5.0));
    assertThat(figure.getString("relay")).isEqualTo("relay 16 KB");
    assertThat(figure.getDouble("ratio")).isEqualTo(4);
  }

  private void add(Figure figure, String subject, double... values) {
    for (double value : values) {
      results.add(figure, subject, value);
    }
  }
}
