package io.doppelfleet.control.api;

import io.doppelfleet.control.access.SignIn;
import io.doppelfleet.control.access.SignIn.Outcome;
import io.doppelfleet.control.store.Maker;
import io.doppelfleet.control.store.StoreException;

/**
 * For what stays when a session has ended: people say their password for it, so who has found a
 * session alone makes nothing that outlives it.
 */
final class OwnPassword {
  private final SignIn signIn;

  OwnPassword(SignIn signIn) {
    this.signIn = signIn;
  }

  /** Of somebody who has signed in; nothing is asked of others. */
  void check(Call call) throws Problem, StoreException {
    if (!(call.caller().maker() instanceof Maker.Person person)) {
      return;
    }
    String password = call.body().textOrNull(Call.PASSWORD);
    if (password == null) {
      throw Problem.of(400, Call.PASSWORD, "is missing: your own would be right");
    }
    Outcome outcome = signIn.again(person.author(), password, call.caller().origin());
    if (outcome instanceof Outcome.Later later) {
      throw Problem.later(later.seconds());
    }
    if (!(outcome instanceof Outcome.Right)) {
      throw Problem.of(400, Call.PASSWORD, "is wrong: your own would be right");
    }
  }
}
