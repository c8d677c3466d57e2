package io.doppelfleet.fleet;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The fields that all messages have, and the revision, which most have, as they are read. */
final class MessageHead {
  private @Nullable String sender;
  private @Nullable Long epoch;
  private @Nullable Long sequence;
  private @Nullable Long revision;

  /** Reads the field where it is one of these; any other is an error. */
  void takeOrRefuse(String field, JsonReader in) throws IOException {
    switch (field) {
      case "sender" -> sender = in.text();
      case "epoch" -> epoch = in.number();
      case "sequence" -> sequence = in.number();
      case "revision" -> revision = in.number();
      default -> throw JsonReader.unknown();
    }
  }

  Stamp stamp() {
    return new Stamp(
        JsonReader.required("sender", sender),
        JsonReader.required("epoch", epoch),
        JsonReader.required("sequence", sequence));
  }

  long revision() {
    return JsonReader.required("revision", revision);
  }
}
