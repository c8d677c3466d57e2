package io.doppelfleet.control.api;

import io.doppelfleet.control.access.Credential;
import io.doppelfleet.control.store.Account;
import io.doppelfleet.control.store.Accounts;
import io.doppelfleet.control.store.Audit;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.control.store.Maker;
import io.doppelfleet.control.store.Role;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.NodeName;
import io.doppelfleet.fleet.Secret;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** People who may use the API. */
final class AccountRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(AccountRoutes.class);

  private final Accounts accounts;
  private final Audit audit;
  private final OwnPassword ownPassword;
  private final Dashboard dashboard;
  private final Clock clock;
  private final RandomGenerator random;

  AccountRoutes(
      Store store,
      OwnPassword ownPassword,
      Dashboard dashboard,
      Clock clock,
      RandomGenerator random) {
    this.accounts = store.access().accounts();
    this.audit = store.audit();
    this.ownPassword = ownPassword;
    this.dashboard = dashboard;
    this.clock = clock;
    this.random = random;
  }

  void addTo(Api api) {
    api.add("listAccounts", call -> list());
    api.add("addAccount", this::add);
    api.add("inviteAgain", this::invite);
    api.add("removeAccount", this::remove);
  }

  private Answer list() throws StoreException {
    long version = audit.version(Kind.ACCOUNT); // one that is older than the list is no harm
    JsonArray all = new JsonArray();
    for (Account account : accounts.all()) {
      JsonObject view =
          new JsonObject()
              .put("name", account.name())
              .put("role", account.role().word())
              .put("created", account.created().toString())
              .put("password", account.password() != null)
              .put("totp", account.totp());
      Instant invited = account.invited();
      all.add(invited == null ? view : view.put("invited", invited.toString()));
    }
    return Answer.of(version, new JsonObject().put("accounts", all));
  }

  /**
   * Who comes in by an invitation stays when whoever made it has ended. So who has found a token or
   * a session makes none.
   */
  private void checkMaker(Call call) throws Problem, StoreException {
    if (call.caller().maker() instanceof Maker.Program) {
      throw Problem.of(
          409,
          "no program lets people in: an administrator who has signed in, or account add and"
              + " account invite on the control's machine, are right");
    }
    ownPassword.check(call);
  }

  private Answer add(Call call) throws Problem, StoreException {
    checkMaker(call);
    Call.Body body = call.body();
    String name = name(body.text("name"));
    Role role = body.role();
    Instant until = until(body);
    String invitation = Credential.INVITATION.create(random);
    long version =
        accounts
            .add(name, role, Credential.hash(invitation), until, call.intent())
            .orElseThrow(
                () ->
                    Problem.of(
                        409, "name", "is \"" + name + "\", which is there already: take another"));
    LOG.info("{} made the account {}, {}", call.caller().author(), name, role.word());
    return invited(version, name, invitation, until);
  }

  /** Names are shown everywhere, so none is taken that may be a secret. */
  static String name(String text) throws Problem {
    if (Secret.isPerhapsIn(text)) {
      throw Problem.of(400, "name", "has a secret, it seems, where a name belongs");
    }
    return new NodeName(text).text();
  }

  /** For who has forgotten their password. */
  private Answer invite(Call call) throws Problem, StoreException {
    checkMaker(call);
    String name = call.text("name");
    Instant until = until(call.body());
    String invitation = Credential.INVITATION.create(random);
    long version =
        accounts
            .invite(name, Credential.hash(invitation), until, call.intent())
            .orElseThrow(() -> missing(name));
    LOG.info("{} invited {} to set a password", call.caller().author(), name);
    return invited(version, name, invitation, until);
  }

  private Instant until(Call.Body body) {
    long time = body.number("time");
    return clock.instant().plusSeconds(time).truncatedTo(ChronoUnit.SECONDS);
  }

  /** The one answer that has an invitation in it. */
  private Answer invited(long version, String name, String invitation, Instant until) {
    JsonObject answer =
        new JsonObject()
            .put("name", name)
            .put("invitation", invitation)
            .put("expiry", until.toString());
    String url = dashboard.url();
    return Answer.created(
        version, url == null ? answer : answer.put("link", Dashboard.link(url, invitation)));
  }

  private Answer remove(Call call) throws Problem, StoreException {
    String name = call.text("name");
    long version = accounts.remove(name, call.intent()).orElseThrow(() -> missing(name));
    LOG.info("{} removed the account {}", call.caller().author(), name);
    return Answer.of(version, new JsonObject().put("name", name));
  }

  private static Problem missing(String name) {
    return Problem.of(404, "there is no account \"" + name + "\"");
  }
}
