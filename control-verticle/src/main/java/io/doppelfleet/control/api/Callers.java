package io.doppelfleet.control.api;

import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;

/** Says who asks. */
public interface Callers {
  /** Who it is; fails with a {@link Problem} where they bring what is of no use. */
  Future<Caller> of(RoutingContext context);
}
