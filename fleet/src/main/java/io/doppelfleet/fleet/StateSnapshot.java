package io.doppelfleet.fleet;

/**
 * The present state as a whole: the answer to a {@link StateRequest}.
 *
 * @param stamp of the control
 * @param state the present one
 * @param signature of the state's checksum
 */
public record StateSnapshot(Stamp stamp, FleetState state, StateSignature signature)
    implements FleetMessage {}
