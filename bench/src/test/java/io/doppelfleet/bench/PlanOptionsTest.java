package io.doppelfleet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.bench.measure.BenchCommand;
import io.doppelfleet.bench.measure.Plan;
import org.junit.jupiter.api.Test;

class PlanOptionsTest {
  @Test
  void everyFigureIsTheMedianOfFiveRuns() {
    Plan plan = new PlanOptions().plan(new BenchCommand());

    assertThat(plan.runs()).isEqualTo(5);
    assertThat(plan.memoryRuns()).isEqualTo(5);
    assertThat(plan.parts()).containsExactlyInAnyOrder(Plan.Part.values());
  }
}
