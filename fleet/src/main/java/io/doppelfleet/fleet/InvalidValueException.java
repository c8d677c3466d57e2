package io.doppelfleet.fleet;

/**
 * A value that can't be part of a {@link FleetState}; the message names the entity, the field, the
 * value and what would be right. It never contains a key.
 */
public final class InvalidValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String path;
  private final String problem;

  /**
   * Of one field.
   *
   * @param path the field, in what has been read so far: {@code limits.connections}; empty: that
   *     whole
   * @param problem how the sentence goes on: {@code is 0: 1 to 9 would be right}
   */
  public InvalidValueException(String path, String problem) {
    super((path.isEmpty() ? "it" : path) + " " + problem);
    this.path = path;
    this.problem = problem;
  }

  /** Where it is, outermost first, parted by dots: {@code secrets.alice.limits.connections}. */
  public String path() {
    return path;
  }

  /** What is wrong there and what would be right. */
  public String problem() {
    return problem;
  }

  /** The same, said of the whole that has the value in this part. */
  InvalidValueException in(String part) {
    String longer = part.isEmpty() || path.isEmpty() ? part + path : part + "." + path;
    return new InvalidValueException(longer, problem);
  }
}
