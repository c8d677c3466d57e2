package io.doppelfleet.control.api;

import io.doppelfleet.control.access.SignIn;
import io.doppelfleet.control.access.SignIn.Outcome;
import io.doppelfleet.control.store.Maker;
import io.doppelfleet.control.store.SecondFactors;
import io.doppelfleet.control.store.Seed;
import io.doppelfleet.control.store.StoreException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people say beside their passwords. */
final class TotpRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(TotpRoutes.class);

  private final SignIn signIn;
  private final SecondFactors factors;

  TotpRoutes(SignIn signIn, SecondFactors factors) {
    this.signIn = signIn;
    this.factors = factors;
  }

  void addTo(Api api) {
    api.add("getTotp", this::show);
    api.add("beginTotp", this::begin);
    api.add("confirmTotp", this::confirm);
    api.add("endTotp", this::end);
    api.add("removeTotp", this::remove);
  }

  private Answer show(Call call) throws Problem, StoreException {
    String name = person(call);
    Optional<Seed> seed = factors.of(name).filter(Seed::isConfirmed);
    return Answer.of(
        0,
        new JsonObject()
            .put("name", name)
            .put("totp", seed.isPresent())
            .put("recovery", factors.recoveryLeft(name)));
  }

  private Answer begin(Call call) throws Problem, StoreException {
    return answer(
        signIn.beginCodes(person(call), call.body().text("password"), call.caller().origin()));
  }

  private Answer confirm(Call call) throws Problem, StoreException {
    Maker.Person person = who(call);
    Outcome outcome = signIn.confirmCodes(person, call.body().text("code"), call.caller().origin());
    if (outcome instanceof Outcome.Confirmed) {
      LOG.info("{} says codes from now on", person.author());
    }
    return answer(outcome);
  }

  private Answer end(Call call) throws Problem, StoreException {
    String name = person(call);
    Outcome outcome = signIn.endCodes(name, call.body().text("code"), call.caller().origin());
    if (outcome instanceof Outcome.Ended && factors.remove(name, call.intent()).isPresent()) {
      LOG.info("{} says codes no more", name);
    }
    return answer(outcome);
  }

  /**
   * Whoever lost both telephone and list asks an administrator. A program isn't one: its token may
   * be of whose codes these are, and would be worth as much as they.
   */
  private Answer remove(Call call) throws Problem, StoreException {
    String name = call.text("name");
    switch (call.caller().maker()) {
      case Maker.Owner _ -> {}
      case Maker.Program _ ->
          throw Problem.of(
              409,
              "no program takes codes away: an administrator who has signed in, or account"
                  + " forget-codes on the control's machine, is right");
      case Maker.Person person -> {
        if (person.author().equals(name)) {
          throw Problem.of(
              409, "these are your own codes: POST /totp/end, with one of them, is right");
        }
      }
    }
    long version =
        factors
            .remove(name, call.intent())
            .orElseThrow(
                () ->
                    Problem.of(404, "there is no account \"" + name + "\" that has to say codes"));
    LOG.info("{} took away the codes of {}", call.caller().author(), name);
    return Answer.of(version, new JsonObject().put("name", name));
  }

  private static String person(Call call) throws Problem {
    return who(call).author();
  }

  private static Maker.Person who(Call call) throws Problem {
    if (call.caller().maker() instanceof Maker.Person person) {
      return person;
    }
    throw Problem.of(
        409, "codes are of who signs in with a password: a browser's session is right");
  }

  private static Answer answer(Outcome outcome) throws Problem {
    return switch (outcome) {
      case Outcome.Begun begun ->
          Answer.of(
              0,
              new JsonObject()
                  .put("secret", begun.base32())
                  .put("uri", begun.uri())
                  .put("qr", QrPath.of(begun.uri())));
      case Outcome.Confirmed confirmed ->
          Answer.of(0, new JsonObject().put("recovery", new JsonArray(confirmed.recovery())));
      case Outcome.Ended _ -> Answer.of(0, new JsonObject());
      case Outcome.Wrong _ -> throw Problem.of(400, "password", "is wrong");
      case Outcome.WrongCode _ ->
          throw Problem.of(400, "code", "is none of now: the one that the app shows is right");
      case Outcome.HasCodes _ ->
          throw Problem.of(409, "there are codes already: end these first, with one of them");
      case Outcome.Later later -> throw Problem.later(later.seconds());
      case Outcome.In _, Outcome.CodeNeeded _, Outcome.Right _ ->
          throw new IllegalStateException("nobody came in");
    };
  }
}
