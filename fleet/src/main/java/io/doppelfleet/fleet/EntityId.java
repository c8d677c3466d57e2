package io.doppelfleet.fleet;

/**
 * What tells a part of a {@link FleetState} from all others.
 *
 * @param kind what it is
 * @param id which of them: 1..64 characters of ASCII
 */
public record EntityId(Entity.Kind kind, String id) {
  /** That of an entity. */
  public static EntityId of(Entity entity) {
    return new EntityId(entity.kind(), entity.id());
  }
}
