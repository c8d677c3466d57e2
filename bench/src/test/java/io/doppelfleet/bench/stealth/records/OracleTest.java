package io.doppelfleet.bench.stealth.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.standin.datacenter.StandInDatacenter;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OracleTest {
  /** Whatever pieces the data centre's bytes come in. */
  @Test
  void eachVisitIsSentOnceInItsOwnRecords() throws Exception {
    List<List<Response>> seen =
        List.of(
            List.of(visit(255, 255, 1_203), visit(700)),
            List.of(visit(330, 16_401, 16_401, 18), visit(Collections.nCopies(100, 16_401))));
    try (StandInDatacenter datacenter = StandInDatacenter.start();
        Oracle oracle = Oracle.open(datacenter.address(), seen)) {
      for (List<Response> visit : seen) {
        List<Integer> lengths = visit.stream().map(Response::bytes).toList();
        try (OracleVisitor visitor = new OracleVisitor(oracle.address(), lengths)) {
          for (Response response : visit) {
            assertThat(visitor.ask().sizes()).isEqualTo(response.sizes());
          }
        }
      }
    }
  }

  private static Response visit(Integer... sizes) {
    return visit(List.of(sizes));
  }

  private static Response visit(List<Integer> sizes) {
    return new Response(sizes, Collections.nCopies(sizes.size(), 0L));
  }
}
