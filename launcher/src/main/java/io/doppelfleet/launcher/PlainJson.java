package io.doppelfleet.launcher;

import io.vertx.core.json.jackson.JacksonCodec;
import io.vertx.core.spi.JsonFactory;
import io.vertx.core.spi.json.JsonCodec;

/**
 * Vert.x's JSON without the mapping of objects, which nothing here uses: it takes that wherever a
 * library brought it along, and it would be 500 classes in the memory of each node.
 */
public final class PlainJson implements JsonFactory {
  private static final JsonCodec CODEC = new JacksonCodec();

  @Override
  public int order() {
    return 0; // the first that is asked
  }

  @Override
  public JsonCodec codec() {
    return CODEC;
  }
}
