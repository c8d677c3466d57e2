package io.doppelfleet.control.api;

import io.doppelfleet.control.access.Credential;
import io.doppelfleet.control.store.Claim;
import io.doppelfleet.control.store.Repeats;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.control.store.UnknownException;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Octets;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does once what is asked again and again with one Idempotency-Key. */
final class Once {
  private static final Logger LOG = LoggerFactory.getLogger(Once.class);
  private static final String HEADER = "Idempotency-Key";

  /** For whom the connection broke off: what is shown once is to be had so long. */
  private static final Duration SHOWN = Duration.ofMinutes(10);

  private final Repeats repeats;

  Once(Repeats repeats) {
    this.repeats = repeats;
  }

  /** What a call gets: where it brings a key, what it got before. */
  Answer answer(Call call, Described described, Api.Operation operation)
      throws Problem, StoreException {
    String given = call.textOrNull(HEADER);
    if (given == null) {
      return operation.of(call);
    }
    String caller = call.caller().identity();
    Repeats.Key key =
        new Repeats.Key(
            Credential.hash(caller + "\n" + given), Credential.hash(caller), call.fingerprint());
    return switch (repeats.begin(key)) {
      case Claim.First _ -> first(call, described, operation, key);
      case Claim.Answered known ->
          new Answer(
              known.status(), Buffer.buffer(known.body().bytes()), known.version(), null, false);
      case Claim.Forgotten known ->
          throw Problem.of(
              409,
              HEADER,
              "was of this call, which was done at "
                  + known.at()
                  + "; what its answer showed isn't kept: look at what it made, or take another key"
                  + " to make another");
      case Claim.Other _ ->
          throw Problem.of(
              422, HEADER, "was of another call, or of another body: a new key would be right");
      case Claim.UnderWay _ ->
          throw Problem.of(409, HEADER, "is of this call, which is being done: ask again soon");
      case Claim.Unknown known ->
          throw Problem.of(
              409,
              HEADER,
              "was of this call, which began at "
                  + known.at()
                  + ", and whether it was done isn't known: look, and take another key if it wasn't");
      case Claim.Full full ->
          throw Problem.of(
              429,
              HEADER,
              "is one more than the " + full.most() + " of a day: without one would be right");
    };
  }

  private Answer first(Call call, Described described, Api.Operation operation, Repeats.Key key)
      throws Problem, StoreException {
    Answer answer;
    try {
      answer = operation.of(call);
    } catch (UnknownException e) {
      throw e; // nor does who asks again know
    } catch (Problem | StoreException | InvalidValueException e) {
      release(key);
      throw e;
    }
    try {
      repeats.end(
          key,
          new Claim.Answered(
              answer.status(), answer.revision(), Octets.of(answer.body().getBytes())),
          described.shownOnce() ? SHOWN : Repeats.REMEMBERED);
    } catch (StoreException e) { // it is done all the same
      LOG.warn("who asks this again isn't told what was answered: {}", e.getMessage());
    }
    return answer;
  }

  private void release(Repeats.Key key) {
    try {
      repeats.release(key);
    } catch (StoreException e) {
      LOG.warn("{}", e.getMessage());
    }
  }
}
