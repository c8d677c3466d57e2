package io.doppelfleet.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultsTest {
  private static final Figure COST = Figure.less("down", "processor time", "s/GB");
  private static final Figure RATE = Figure.more("down", "rate", "MB/s");

  private static final Figure BASE =
      Figure.less("memory and idle time", "resident, warm, no connection", "MB");
  private static final Figure LATE = Figure.less("echo, connections: 200", "p99", "us");

  private final Results results = results(false);

  private static Results results(boolean quick) {
    Machine machine = new Machine("Processor 9000", 2, 16_000_000_000L, "6.1", "25.0.3");
    Plan plan =
        new Plan(
            quick,
            Set.of(),
            5,
            5,
            1,
            List.of(),
            List.of(),
            1,
            1,
            1,
            1,
            List.of(),
            Duration.ZERO,
            Duration.ZERO,
            "full");
    return new Results(new Setting(machine, "Doppelfleet 1.0", plan));
  }

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
    add(RATE, Results.NODE, 900, 1234.4, 800);
    add(RATE, "other", 12.34);

    assertThat(results.table().lines().skip(2))
        .extracting(line -> line.replaceAll(" {2,}", "|").strip())
        .containsExactly(
            "|node|least to most|runs|relay|its reads|node/relay|other|must / aim|met",
            "down",
            "|processor time|s/GB|0.412|1|0.825|16 KB|0.50",
            "|rate|MB/s|900|800 - 1234|3|12.3");
  }

  @Test
  void columnsAreAsWideAsWhatIsInThem() {
    add(COST, Results.NODE, 0.4);
    add(RATE, Results.NODE, 123456);

    List<String> lines = results.table().lines().skip(2).toList();

    assertThat(lines.get(2)).startsWith("  processor time   s/GB    0.400");
    assertThat(lines.get(3)).startsWith("  rate             MB/s   123456");
  }

  @Test
  void theHeadNamesTheMachineAndTheNode() {
    assertThat(results.table())
        .startsWith(
            """
            2 x Processor 9000, 16 GB, Linux 6.1, Java 25.0.3
            Doppelfleet 1.0, proxy.shaping: full, one event loop; \
            start and memory: as many as by default
            """);
    assertThat(results.picture()).contains(">Doppelfleet 1.0, proxy.shaping: full,");
    JsonObject json = results.toJson();
    assertThat(json.getJsonObject("machine").getLong("memoryBytes")).isEqualTo(16_000_000_000L);
    assertThat(json.getString("version")).isEqualTo("Doppelfleet 1.0");
    assertThat(json.getString("shaping")).isEqualTo("full");
  }

  @ParameterizedTest
  @CsvSource({"70, aim", "70.1, must", "90, must", "90.1, MISSED"})
  void aRowSaysHowFarItsMedianHasCome(double median, String met) {
    add(BASE, Results.NODE, 1, median, 1000);

    assertThat(row("resident, warm")).endsWith("90 / 70   " + met);
    assertThat(results.toJson().getJsonArray("figures").getJsonObject(0).getJsonObject("goal"))
        .isEqualTo(
            new JsonObject()
                .put("of", "value")
                .put("must", 90.0)
                .put("aim", 70.0)
                .put("met", met.toLowerCase(Locale.ROOT)));
  }

  @Test
  void aRatioIsHeldAgainstItsGoalWhereThereIsAYardstick() {
    add(LATE, Results.NODE, 300);

    assertThat(row("p99")).endsWith("1x / 0.8x");
    assertThat(results.met(LATE)).isNull();

    add(LATE, "relay 64 KB", 310);

    assertThat(row("p99")).endsWith("1x / 0.8x   must");
  }

  @Test
  void whatNeedsNoBoundIsMetByAnyValue() {
    Figure all = Figure.less("memory and idle time", "until all 9000 answer", "s");
    add(all, Results.NODE, 100);

    assertThat(row("until all")).endsWith("- / 3   must");
  }

  @Test
  void whereThereIsNoAimTheMustIsMetOrMissed() {
    Figure pair = Figure.less("slow readers: 500", "most that waits for one pair", "KB");
    add(pair, Results.NODE, 65);
    assertThat(row("one pair")).endsWith("65.5 / -   must");

    add(pair, Results.NODE, 67);
    assertThat(row("one pair")).endsWith("65.5 / -   MISSED");
  }

  @Test
  void aQuickRunReachesNothing() {
    Results quick = results(true);
    quick.add(BASE, Results.NODE, 1000);

    assertThat(quick.met(BASE)).isNull();
    assertThat(quick.table()).doesNotContain("90 / 70");
    assertThat(quick.toJson().encode()).contains("\"quick\":true").doesNotContain("goal");
  }

  @Test
  void aRowThatMissesItsGoalIsRedInThePicture() {
    add(BASE, Results.NODE, 80);
    assertThat(results.picture()).doesNotContain("#b3261e");

    add(BASE, Results.NODE, 200);
    assertThat(results.picture()).contains("fill=\"#b3261e\">resident, warm");
  }

  private String row(String name) {
    return results.table().lines().filter(line -> line.contains(name)).findFirst().orElseThrow();
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
    assertThat(node.getDouble("least")).isEqualTo(3);
    assertThat(node.getDouble("most")).isEqualTo(5);
    assertThat(node.getInteger("runs")).isEqualTo(2);
    assertThat(figure.containsKey("goal")).isFalse();
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
