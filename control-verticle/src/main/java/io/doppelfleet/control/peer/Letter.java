package io.doppelfleet.control.peer;

import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.HostPort;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a control tells all others of its store at once. One that is lost does no harm: what nodes
 * say is said again, and who has missed one asks for the hellos that were in it.
 *
 * @param messages of its nodes, and its own
 * @param late hellos that aren't of just now
 * @param removed what messages of nodes were stamped with that belong to the fleet no more
 * @param missed whether it has missed a letter, or has only come: others are to tell of all hellos
 *     of late again
 */
public record Letter(
    Speaker speaker,
    List<FleetMessage> messages,
    List<FleetMessage> late,
    List<String> removed,
    List<Question> questions,
    List<Answer> answers,
    List<Drain> drains,
    boolean missed) {
  /**
   * Whose it is.
   *
   * @param number of the control among those of the store, from 1
   * @param address where nodes come in there; null: none may
   * @param divides in which term it divides secrets' limits, from 1 to {@link #LAST_TERM}; 0: it
   *     doesn't, or doesn't say so
   * @param challenge that others are to answer, or their letters don't count there
   * @param echoes the others' challenges, by their ids, as it heard them last
   */
  public record Speaker(
      int number,
      @Nullable HostPort address,
      long divides,
      String challenge,
      Map<String, String> echoes) {
    /** Nobody comes to it who counts from 1; after it there is none, and all divide in it. */
    static final long LAST_TERM = 1L << 62;
  }

  /**
   * One of its questions to a node of another control, or of one of its nodes to that; or what a
   * node holds, as it would ask.
   *
   * @param to the other control's id; {@link #NOBODY}: none is to answer
   * @param id by which it is answered, from 1; 0 where it isn't
   * @param node what its messages are stamped with; {@link #CONTROL}: of limits, to the control
   *     itself
   * @param text as nodes ask and are asked
   */
  public record Question(String to, long id, String node, String text) {
    /** No node has this name. */
    static final String CONTROL = "control";

    /** No control has this id. */
    static final String NOBODY = "";
  }

  /**
   * What a node here, or this control, has answered to another control.
   *
   * @param to the other control's id
   * @param id of the question or the drain
   * @param text null: it didn't answer, or isn't there
   */
  public record Answer(String to, long id, @Nullable String text) {}

  /**
   * That a node of another control is to let its clients finish, and end.
   *
   * @param to the other control's id
   * @param id by which it is answered, as a question is, with no text in particular
   * @param node what its messages are stamped with
   */
  public record Drain(String to, long id, String node, long seconds) {}
}
