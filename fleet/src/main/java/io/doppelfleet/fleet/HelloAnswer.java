package io.doppelfleet.fleet;

/**
 * A part of the hellos that the fleet's nodes have met of late: the answer to a {@link
 * HelloQuestion}.
 *
 * @param stamp of the control
 * @param part which begins where the question says
 */
public record HelloAnswer(Stamp stamp, HelloPart part) implements FleetMessage {}
