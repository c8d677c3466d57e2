package io.doppelfleet.fleet;

/**
 * What controls and nodes tell each other, whatever carries it. {@link MessageJson} is its form; on
 * an event bus each kind goes to its own address.
 */
public sealed interface FleetMessage
    permits StateDelta,
        StateSnapshot,
        StateRequest,
        NodeReport,
        NodeHealth,
        EpochRequest,
        EpochGrant,
        TrafficReport,
        TrafficReceipt,
        SeenHellos,
        KnownHellos,
        HelloQuestion,
        HelloAnswer,
        BanQuestion,
        BanAnswer,
        NodeLeases,
        FleetLeases,
        LimitQuestion,
        LimitAnswer {
  /** Who says it, and after what. */
  Stamp stamp();
}
