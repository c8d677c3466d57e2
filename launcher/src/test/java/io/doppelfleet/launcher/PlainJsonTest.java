package io.doppelfleet.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.Json;
import io.vertx.core.json.jackson.JacksonCodec;
import org.junit.jupiter.api.Test;

/** Libraries have brought the mapping of objects along, and it is not taken for that. */
class PlainJsonTest {
  @Test
  void vertxReadsAndWritesJsonWithoutTheMappingOfObjects() {
    assertThat(Json.CODEC).isExactlyInstanceOf(JacksonCodec.class);
  }
}
