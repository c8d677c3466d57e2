package io.doppelfleet.control.api;

import io.doppelfleet.control.access.Credential;
import io.doppelfleet.control.access.SignIn;
import io.doppelfleet.control.access.SignIn.Outcome;
import io.doppelfleet.control.store.Accounts;
import io.doppelfleet.control.store.Role;
import io.doppelfleet.control.store.StoreException;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How people come in with a browser, and leave. */
final class SessionRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(SessionRoutes.class);

  private final SignIn signIn;
  private final Accounts accounts;

  SessionRoutes(SignIn signIn, Accounts accounts) {
    this.signIn = signIn;
    this.accounts = accounts;
  }

  void addTo(Api api) {
    api.add("signIn", this::open);
    api.add("getSession", SessionRoutes::show);
    api.add("signOut", this::close);
    api.add("setPassword", this::setPassword);
  }

  private Answer open(Call call) throws Problem, StoreException {
    Call.Body body = call.body();
    return in(
        call,
        signIn.byPassword(
            body.text("name"),
            body.text("password"),
            body.textOrNull("code"),
            call.caller().origin()),
        "name or password is wrong");
  }

  /** What an invitation is good for. */
  private Answer setPassword(Call call) throws Problem, StoreException {
    Call.Body body = call.body();
    return in(
        call,
        signIn.byInvitation(
            body.text("invitation"),
            body.text("password"),
            body.textOrNull("code"),
            call.caller().origin()),
        "the invitation was used, has ended or never was: ask for a new one");
  }

  /** A browser has one session: the one that it had ends, or nobody could end it any more. */
  private Answer in(Call call, Outcome outcome, String wrong) throws Problem, StoreException {
    return switch (outcome) {
      case Outcome.In in -> {
        endFormer(call.caller());
        Caller caller = Caller.person(in.account(), call.caller().origin(), in.session());
        yield Answer.created(0, view(caller)).with(Sessions.line(in.session(), call.isTls()));
      }
      case Outcome.Wrong _ -> throw Problem.of(401, wrong);
      case Outcome.CodeNeeded _ ->
          throw Problem.of(401, "code", "is missing: the one that the app shows would be right");
      case Outcome.WrongCode _ ->
          throw Problem.of(401, "code", "is none of now: the one that the app shows is right");
      case Outcome.Later later -> throw Problem.later(later.seconds());
      case Outcome.Begun _,
          Outcome.Confirmed _,
          Outcome.Ended _,
          Outcome.Right _,
          Outcome.HasCodes _ ->
          throw new IllegalStateException("somebody was in already");
    };
  }

  /** Where that can't be it ends by itself, and the new one is there all the same. */
  private void endFormer(Caller caller) {
    try {
      endSession(caller);
    } catch (StoreException | RuntimeException e) {
      LOG.warn("a browser has a new session, and the one of before ends later: {}", e.getMessage());
    }
  }

  private static Answer show(Call call) {
    return Answer.of(0, view(call.caller()));
  }

  /** Who they are, and what their browser has to say when it changes something. */
  private static JsonObject view(Caller caller) {
    Role role = caller.role();
    JsonObject view =
        new JsonObject().put("name", caller.author()).put("role", role == null ? "" : role.word());
    return caller.session() == null ? view : view.put("csrf", Sessions.csrf(caller.session()));
  }

  private Answer close(Call call) throws StoreException {
    endSession(call.caller());
    return Answer.of(0, new JsonObject()).with(Sessions.line("", call.isTls()));
  }

  private void endSession(Caller caller) throws StoreException {
    String session = caller.session();
    if (session != null) {
      accounts.close(Credential.hash(session));
    }
  }
}
