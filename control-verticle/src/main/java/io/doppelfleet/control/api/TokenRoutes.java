package io.doppelfleet.control.api;

import io.doppelfleet.control.access.Credential;
import io.doppelfleet.control.store.ApiToken;
import io.doppelfleet.control.store.ApiTokens;
import io.doppelfleet.control.store.Audit;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.control.store.Role;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tokens, by which programs use the API. */
final class TokenRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(TokenRoutes.class);

  private final ApiTokens tokens;
  private final Audit audit;
  private final OwnPassword ownPassword;
  private final Clock clock;
  private final RandomGenerator random;

  TokenRoutes(Store store, OwnPassword ownPassword, Clock clock, RandomGenerator random) {
    this.tokens = store.access().tokens();
    this.audit = store.audit();
    this.ownPassword = ownPassword;
    this.clock = clock;
    this.random = random;
  }

  void addTo(Api api) {
    api.add("listTokens", call -> list());
    api.add("addToken", this::add);
    api.add("revokeToken", this::revoke);
  }

  private Answer list() throws StoreException {
    long version = audit.version(Kind.TOKEN); // one that is older than the list is no harm
    JsonArray all = new JsonArray();
    for (ApiToken token : tokens.all()) {
      all.add(
          view(token.name(), token.role(), token.ends())
              .put("by", token.by())
              .put("created", token.created().toString()));
    }
    return Answer.of(version, new JsonObject().put("tokens", all));
  }

  private static JsonObject view(String name, Role role, Instant ends) {
    return new JsonObject()
        .put("name", name)
        .put("role", role.word())
        .put("expiry", ends.toString());
  }

  /** The one answer that has the token in it. */
  private Answer add(Call call) throws Problem, StoreException {
    ownPassword.check(call);
    Call.Body body = call.body();
    String name = AccountRoutes.name(body.text("name"));
    Role role = body.role();
    long time = body.number("time");
    Instant asked = clock.instant().plusSeconds(time).truncatedTo(ChronoUnit.SECONDS);
    Instant ends = tokens.cut(asked, call.intent().by());
    String token = Credential.TOKEN.create(random);
    long version =
        tokens
            .add(name, role, call.intent(), ends, Credential.hash(token))
            .orElseThrow(
                () ->
                    Problem.of(
                        409,
                        "name",
                        "is \"" + name + "\", which is there already: revoke it, or take another"));
    LOG.info("{} made the token {}, {}", call.caller().author(), name, role.word());
    return Answer.created(version, view(name, role, ends).put("token", token));
  }

  private Answer revoke(Call call) throws Problem, StoreException {
    String name = call.text("name");
    long version =
        tokens
            .remove(name, call.intent())
            .orElseThrow(() -> Problem.of(404, "there is no token \"" + name + "\""));
    LOG.info("{} revoked the token {}", call.caller().author(), name);
    return Answer.of(version, new JsonObject().put("name", name));
  }
}
