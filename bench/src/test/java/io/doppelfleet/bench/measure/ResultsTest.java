package io.doppelfleet.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTest {

  @Test
  void theMedianIsTheMiddleOrBetweenTheMiddleTwo() {
    assertThat(Results.median(List.of(7.0))).isEqualTo(7);
    assertThat(Results.median(List.of(9.0, 1.0, 2.0))).isEqualTo(2);
    assertThat(Results.median(List.of(9.0, 1.0, 2.0, 4.0))).isEqualTo(3);
  }

  @Test
  void theTableHasOneLineAFigureUnderItsGroup() {
    Results results = new Results();
    results.add("1 GB down", "rate", "MB/s", 900);
    results.add("1 GB down", "processor time", "s/GB", 0.4123);
    results.add("1 GB up", "rate", "MB/s", 12.34);
    results.add("1 GB down", "rate", "MB/s", 800);
    results.add("1 GB down", "rate", "MB/s", 1234.4);

    assertThat(results.table().lines())
        .extracting(line -> line.replaceAll(" {2,}", "|").strip())
        .containsExactly(
            "1 GB down",
            "|rate|900 MB/s|(800 to 1234)",
            "|processor time|0.41 s/GB",
            "1 GB up",
            "|rate|12.3 MB/s");
  }

  @Test
  void jsonHasAllValues() {
    Results results = new Results();
    results.add("g", "n", "us", 3);
    results.add("g", "n", "us", 5);

    JsonObject figure = results.toJson().getJsonArray("figures").getJsonObject(0);

    assertThat(figure.getDouble("median")).isEqualTo(4);
    assertThat(figure.getJsonArray("values")).isEqualTo(JsonArray.of(3.0, 5.0));
  }
}
