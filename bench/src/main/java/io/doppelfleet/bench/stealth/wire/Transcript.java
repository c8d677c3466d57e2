package io.doppelfleet.bench.stealth.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * All that a connection showed but time.
 *
 * @param pieces in their order
 */
public record Transcript(List<Piece> pieces) {
  private static final int SHOWN = 90;

  /** Copies the list. */
  public Transcript {
    pieces = List.copyOf(pieces);
  }

  /**
   * What a wire has seen.
   *
   * @param plain what was decrypted, empty where nothing was
   */
  public static Transcript of(Wire wire, byte[] plain) {
    List<Piece> pieces = new ArrayList<>(RecordLog.read(wire.received()));
    if (plain.length > 0) {
      pieces.add(Piece.of("inside: " + Plain.masked(plain)));
    }
    if (wire.isCutByChance()) {
      pieces.removeIf(Transcript::isContent);
      pieces.add(Piece.of("cut"));
    }
    pieces.add(Piece.of(wire.ending() == null ? "open" : wire.ending().name()));
    if (wire.refused()) {
      pieces.add(Piece.of("refuses bytes"));
    }
    return new Transcript(pieces);
  }

  private static boolean isContent(Piece piece) {
    return piece.text().matches("data|more data|cut record .*|inside: .*");
  }

  /** Whether two say the same. */
  public boolean like(Transcript other) {
    if (pieces.size() != other.pieces.size()) {
      return false;
    }
    for (int i = 0; i < pieces.size(); i++) {
      if (!pieces.get(i).like(other.pieces.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Piece piece : pieces) {
      String shown = piece.toString();
      text.append(text.isEmpty() ? "" : " | ")
          .append(shown.length() <= SHOWN ? shown : shown.substring(0, SHOWN) + "...");
    }
    return text.toString().replace("\r", "\\r").replace("\n", "\\n");
  }
}
