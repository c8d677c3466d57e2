package io.doppelfleet.control.peer;

import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.HelloTokens;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.SeenHellos;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.hello.TokenTurns;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be told to other controls, a bounded part of it in each letter. For any threads.
 */
final class Outgoing {
  /** As many as wait for nodes; 256 KB. */
  private static final int MOST_HELLOS = 1 << 15;

  /** Messages of hellos in a letter: with all of them it goes in two parts as a rule. */
  private static final int HELLO_MESSAGES = 6;

  private static final int LATE_MESSAGES = 3;

  /** Messages of nodes in a letter, of 300 bytes as a rule and 50 KB each at most. */
  private static final int MOST_MESSAGES = 60;

  private static final int MOST_LEASES = 60;

  /** Questions, answers, drains and removed nodes that wait, of each; more are dropped. */
  private static final int MOST = 1_000;

  /** Of these in a letter. */
  private static final int AT_ONCE = 100;

  /** Characters of questions in a letter, and of answers; a longer one is the only one. */
  private static final int MOST_TEXT = 1 << 18;

  /** Of one: with all that a node's question of limits may have it is less. */
  static final int LONGEST_TEXT = 1 << 19;

  private final Sender sender;
  private final TokenTurns hellos = new TokenTurns(MOST_HELLOS);
  private final TokenTurns late = new TokenTurns(MOST_HELLOS);
  private List<FleetMessage> messages = new ArrayList<>();
  private List<FleetMessage> leases = new ArrayList<>();
  private final List<String> removed = new ArrayList<>();
  private final List<Letter.Question> questions = new ArrayList<>();
  private final List<Letter.Answer> answers = new ArrayList<>();
  private final List<Letter.Drain> drains = new ArrayList<>();
  private final Holdings holdings = new Holdings();
  private boolean missed;
  private long lost;
  private long dropped;

  /** With the sender of the control's own messages. */
  Outgoing(Sender sender) {
    this.sender = sender;
  }

  void met(String node, long token, boolean isLate) {
    (isLate ? late : hellos).add(node, token);
  }

  /** Hellos that there was no room for, or that were lost on their way. */
  synchronized long unshared() {
    return hellos.dropped() + late.dropped() + lost;
  }

  /**
   * A letter wasn't sent: nodes say theirs again, who asked asks again, the rest goes once more.
   */
  synchronized void lost(Letter letter) {
    missed |= letter.missed();
    letter.removed().forEach(this::removed);
    letter.messages().forEach(this::lost);
    letter.late().forEach(this::lost);
  }

  private void lost(FleetMessage message) {
    if (message instanceof SeenHellos seen) {
      lost += seen.tokens().size();
    }
  }

  /** In the place of those that wait yet. */
  synchronized void say(List<FleetMessage> all) {
    messages = new ArrayList<>(all);
  }

  /** In the place of those that wait yet, and beside what nodes say else. */
  synchronized void sayLeases(List<FleetMessage> all) {
    leases = new ArrayList<>(all);
  }

  synchronized void removed(String node) {
    add(removed, node);
  }

  /** Whether it goes: there is no room for all. */
  synchronized boolean ask(Letter.Question question) {
    return question.text().length() <= LONGEST_TEXT ? add(questions, question) : drop();
  }

  /** All are told what a node holds, as it would say it. */
  void tell(LimitQuestion holds) {
    holdings.add(holds);
  }

  /** Whether a question, an answer, or what nodes hold has yet to go. */
  synchronized boolean isAsking() {
    return !questions.isEmpty() || !answers.isEmpty() || !holdings.isEmpty();
  }

  /** Nobody waits any more for the answer to a question. */
  synchronized void forget(long question) {
    questions.removeIf(each -> each.id() == question);
  }

  /** Questions, answers, drains, and what nodes hold, that there was no room for. */
  synchronized long dropped() {
    return dropped + holdings.dropped();
  }

  synchronized void answer(Letter.Answer answer) {
    String text = answer.text();
    boolean tooLong = text != null && text.length() > LONGEST_TEXT;
    add(answers, tooLong ? new Letter.Answer(answer.to(), answer.id(), null) : answer);
  }

  synchronized boolean drain(Letter.Drain drain) {
    return add(drains, drain);
  }

  synchronized void missed() {
    missed = true;
  }

  private <T> boolean add(List<T> all, T one) {
    return all.size() < MOST ? all.add(one) : drop();
  }

  private boolean drop() {
    dropped++;
    return false;
  }

  /** What goes now, also where that is nothing. */
  Letter next(Letter.Speaker speaker) {
    return next(speaker, holdings.next()); // long texts, for which nobody else is to wait
  }

  private synchronized Letter next(Letter.Speaker speaker, List<Letter.Question> held) {
    List<FleetMessage> now = taken(hellos, HELLO_MESSAGES);
    now.addAll(taken(leases, MOST_LEASES));
    now.addAll(taken(messages, MOST_MESSAGES));
    Letter letter =
        new Letter(
            speaker,
            now,
            taken(late, LATE_MESSAGES),
            taken(removed, AT_ONCE),
            Stream.concat(takenTexts(questions, Letter.Question::text).stream(), held.stream())
                .toList(),
            takenTexts(answers, Letter.Answer::text),
            taken(drains, AT_ONCE),
            missed);
    missed = false;
    return letter;
  }

  private List<FleetMessage> taken(TokenTurns turns, int most) {
    List<FleetMessage> taken = new ArrayList<>();
    boolean full = true;
    while (full && taken.size() < most) {
      HelloTokens tokens = turns.next(SeenHellos.MOST);
      full = tokens.size() == SeenHellos.MOST;
      if (tokens.size() > 0) {
        taken.add(new SeenHellos(sender.next(), tokens));
      }
    }
    return taken;
  }

  private static <T> List<T> takenTexts(List<T> all, Function<T, @Nullable String> text) {
    int count = 0;
    int length = 0;
    for (T each : all.subList(0, Math.min(AT_ONCE, all.size()))) {
      String next = text.apply(each);
      length += next == null ? 0 : next.length();
      if (count > 0 && length > MOST_TEXT) {
        break;
      }
      count++;
    }
    return taken(all, count);
  }

  private static <T> List<T> taken(List<T> all, int most) {
    List<T> first = all.subList(0, Math.min(most, all.size()));
    List<T> taken = List.copyOf(first);
    first.clear();
    return taken;
  }
}
